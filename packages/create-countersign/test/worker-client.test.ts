import { execFileSync } from 'node:child_process'
import { chmodSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { parseEnv } from 'node:util'
import { describe, expect, it } from 'vitest'
import type { Client } from '../../countersign/src/index.ts'
import { projectFiles } from '../src/project.ts'
import { writeFiles } from '../src/target.ts'
import { emptyFolder } from './running.ts'

const folder = emptyFolder()

describe.each([
  ['typescript', 'ts'],
  ['javascript', 'js'],
] as const)('npm run client of a Worker with memory, in %s', (language, end) => {
  const project = join(folder, language)
  const file = join(project, '.dev.vars')
  writeFiles(project, projectFiles('my-api', { framework: 'worker', store: 'memory', language }))

  /** Registers a client, and returns the variables that Wrangler reads then. */
  function register(...args: string[]): NodeJS.Dict<string> {
    execFileSync(process.execPath, [`src/commands/client.${end}`, '--name', ...args], { cwd: project })
    return parseEnv(readFileSync(file, 'utf8'))
  }
  const clientsOf = ({ CLIENTS = '' }: NodeJS.Dict<string>): Client[] => JSON.parse(CLIENTS)
  const namesOf = (env: NodeJS.Dict<string>) => clientsOf(env).map(({ clientId }) => clientId)

  it.each([
    ['a last line without an end', 'A=1\nOAUTH1_INSECURE_TRANSPORT=true'],
    ['lines that end as on Windows', 'A=1\r\nOAUTH1_INSECURE_TRANSPORT=true\r\n'],
    ['a list over several lines', "A=1\nCLIENTS='[\n]'\nOAUTH1_INSECURE_TRANSPORT=true\n"],
    ['a list at its end, without an end of line', "A=1\nOAUTH1_INSECURE_TRANSPORT=true\nCLIENTS='[]'"],
  ])('keeps the other settings, and every client, in a file with %s', (_, text) => {
    writeFileSync(file, text)
    register('a')
    const env = register('b')
    expect(env).toMatchObject({ A: '1', OAUTH1_INSECURE_TRANSPORT: 'true' })
    expect(namesOf(env)).toEqual(['a', 'b'])
    // An editor has written the ends of lines that it prefers.
    writeFileSync(file, readFileSync(file, 'utf8').replace(/\r?\n/g, '\r\n').trimEnd())
    expect(namesOf(register('c'))).toEqual(['a', 'b', 'c'])
    expect(readFileSync(file, 'utf8').match(/CLIENTS=/g)).toHaveLength(1)
  })

  it('keeps a callback with quotation marks of every kind', () => {
    writeFileSync(file, '')
    const callback = 'https://x.example/cb?q=\'a\'&r="b"&s=`c`&t=\\u0027&u=$A\u2028'
    register('a', '--callback', callback)
    const env = register('b')
    expect(clientsOf(env)[0]?.callbacks).toEqual([callback])
    expect(namesOf(env)).toEqual(['a', 'b'])
  })

  it.runIf(process.platform !== 'win32')('lets only the owner read the secrets', () => {
    writeFileSync(file, '')
    chmodSync(file, 0o644)
    register('a')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    rmSync(file)
    register('a')
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })
})

it.runIf(process.platform !== 'win32').each([
  ['worker', 'd1', '.dev.vars'],
  ['express', 'kysely-postgres', '.env'],
] as const)('only the owner reads the settings of %s over %s, in %s', (framework, store, name) => {
  const project = join(folder, framework)
  writeFiles(project, projectFiles('my-api', { framework, store, language: 'typescript' }))
  expect(statSync(join(project, name)).mode & 0o777).toBe(0o600)
  expect(statSync(join(project, 'package.json')).mode & 0o777).toBe(0o666 & ~process.umask())
})
