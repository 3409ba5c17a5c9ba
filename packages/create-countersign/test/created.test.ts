import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { afterAll, expect, it } from 'vitest'
import type { Choices } from '../src/choices.ts'
import { projectFiles } from '../src/project.ts'
import { writeFiles } from '../src/target.ts'

// Below this folder, projects find the packages of the workspace.
mkdirSync(join(import.meta.dirname, 'generated'), { recursive: true })
const folder = mkdtempSync(join(import.meta.dirname, 'generated/projects-'))
afterAll(() => rmSync(folder, { recursive: true }))

const condition = 'countersign-source'
const tsc = join(import.meta.dirname, '../../../node_modules/typescript/bin/tsc')
const run = (cwd: string, ...args: string[]) =>
  execFileSync(process.execPath, args, { cwd, encoding: 'utf8' })

const projects: readonly Choices[] = [
  { framework: 'express', store: 'memory', language: 'typescript' },
  { framework: 'koa', store: 'typeorm-sqlite', language: 'javascript' },
]

it.each(projects)('$framework over $store in $language: its types are right, its test passes', (choices) => {
  const { framework, store, language } = choices
  const project = join(folder, `${framework}-${store}-${language}`)
  writeFiles(project, projectFiles('my-api', choices))
  expect(run(project, tsc, '--customConditions', condition)).toBe('')
  const end = language === 'javascript' ? 'js' : 'ts'
  const printed = run(project, `--conditions=${condition}`, '--test', `test/*.test.${end}`)
  expect(printed).toMatch(/^. pass 3$/m)
})

it('the templates compile where they stand, for the editor of who changes them', () => {
  expect(run(join(import.meta.dirname, '../templates'), tsc, '-p', '.')).toBe('')
})
