import { execFile, execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import process from 'node:process'
import { promisify } from 'node:util'
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

it('npm run try asks the server on the port of the settings', async () => {
  const project = join(folder, 'try')
  writeFiles(project, projectFiles('my-api', { framework: 'node', store: 'memory', language: 'typescript' }))
  const asked: (string | undefined)[] = []
  const server = createServer((req, res) => {
    asked.push(req.url)
    res.writeHead(401).end()
  }).listen(0, 'localhost')
  await once(server, 'listening')
  appendFileSync(join(project, '.env'), `PORT=${(server.address() as AddressInfo).port}\n`)
  const { PORT: _, ...env } = process.env
  const { scripts } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8'))
  const args = [`--conditions=${condition}`, ...scripts.try.split(' ').slice(1), '--name', 'printer']
  await expect(
    promisify(execFile)(process.execPath, [...args, '--secret=wrong'], { cwd: project, env }),
  ).rejects.toThrow('refused with 401')
  server.close()
  expect(asked).toEqual(['/oauth/initiate'])
})

it('the templates compile where they stand, for the editor of who changes them', () => {
  expect(run(join(import.meta.dirname, '../templates'), tsc, '-p', '.')).toBe('')
})
