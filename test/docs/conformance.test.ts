import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { allCases, groups } from '@countersign/conformance'
import { expect, it } from 'vitest'
import { conformanceGuide } from '../../scripts/conformance-guide.ts'
import { caseTexts } from '../../scripts/conformance-page.ts'

const page = await readFile(join(import.meta.dirname, '../../docs/conformance.md'), 'utf8')

it('docs/conformance.md is the guide, a table of runs, and every case', () => {
  expect(page.startsWith(`${conformanceGuide}\n## Countersign and others\n`)).toBe(true)
  expect(page.endsWith(`\n${caseTexts()}`)).toBe(true)
})

it('tells of every case what, why and what to do, in whole sentences, with a section', () => {
  expect(allCases.length).toBeGreaterThan(150)
  expect(new Set(allCases.map(({ id }) => id)).size).toBe(allCases.length)
  for (const { id, group, title, section, why, remedy } of allCases) {
    expect(Object.keys(groups)).toContain(group)
    expect(id).toMatch(/^[a-z0-9]+(?:-[a-z0-9]+)+$/)
    expect(title, id).not.toMatch(/[.]$/)
    expect(section, id).toMatch(/^§\d(?:\.\d+)*/)
    for (const text of [why, remedy]) expect(text, id).toMatch(/^[A-Z].*\.$/)
    expect(remedy, id).not.toMatch(/\n/)
  }
})
