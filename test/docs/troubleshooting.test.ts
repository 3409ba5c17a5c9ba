import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { causes } from 'countersign/diagnose'
import { expect, it } from 'vitest'
import { troubleshootingPage } from '../../scripts/troubleshooting.ts'

const page = join(import.meta.dirname, '../../docs/troubleshooting.md')

it('docs/troubleshooting.md is what the table of causes says', async () => {
  expect(await readFile(page, 'utf8')).toBe(troubleshootingPage())
})

it('says symptom, cause and fix of every code, each in whole sentences', () => {
  for (const [code, { summary, fix, symptom, clients = {} }] of Object.entries(causes)) {
    expect(code).toMatch(/^[a-z0-9]+(?:-[a-z0-9]+)+$|^unsorted$/)
    for (const text of [summary, fix, symptom, ...Object.values(clients)])
      expect(text, code).toMatch(/^[“"'A-Z*].*[.”]$/s)
  }
})
