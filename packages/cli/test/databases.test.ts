import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { runCli, runCliJson, temporaryDirectory } from '../../provider/test/running-provider.ts'

const directory = temporaryDirectory()
afterAll(() => directory.remove())
const cwd = directory.path
const file = join(cwd, 'data', 'countersign.sqlite')

it('takes the steps of the schema when it is told to, and lists them without a change', async () => {
  const refused = await runCli(cwd, ['serve', '--port', '0'], { env: { MIGRATE_AT_START: 'false' } })
  expect(refused).toMatchObject({ code: 1, stdout: '' })
  expect(refused.stderr).toContain('Run countersign db migrate')
  const { done, missing } = await runCliJson<{ done: string[]; missing: string[] }>(cwd, ['db', 'status'])
  expect(done).toEqual([])
  expect(existsSync(file)).toBe(false)
  expect(await runCliJson(cwd, ['db', 'migrate'])).toEqual({ database: file, taken: missing })
  expect(await runCliJson(cwd, ['db', 'migrate'])).toEqual({ database: file, taken: [] })
  expect((await runCli(cwd, ['db', 'status'])).stdout).toContain('The schema is up to date.')
  expect(await runCliJson(cwd, ['user', 'list'], { MIGRATE_AT_START: 'false' })).toEqual(expect.anything())
})

it('seals the stored secrets, and then needs the key', async () => {
  const secret = ['--secret-stdin', '--name', 'Old', '--key', 'old.key']
  const added = await runCli(cwd, ['client', 'add', ...secret], { input: 'secret-in-the-clear\n' })
  expect(added).toMatchObject({ code: 0 })
  const noKey = await runCli(cwd, ['db', 'seal'])
  expect(noKey).toMatchObject({ code: 1 })
  expect(noKey.stderr).toContain('openssl rand -base64 32')
  const env = { SEALING_KEYS: randomBytes(32).toString('base64') }
  expect(await runCliJson(cwd, ['db', 'seal'], env)).toEqual({ clients: 1, tokens: 0, unreadable: 0 })
  expect(readFileSync(file, 'latin1')).not.toContain('secret-in-the-clear')
  const without = await runCli(cwd, ['user', 'list'])
  expect(without).toMatchObject({ code: 1 })
  expect(without.stderr).toContain('Set SEALING_KEYS')
})

it('prints no password of a database that it cannot open', async () => {
  const env = { DATABASE_URL: 'postgres://anna:hidden@127.0.0.1:1/d' }
  const { code, stderr } = await runCli(cwd, ['user', 'list'], { env })
  expect(code).toBe(1)
  expect(stderr).toContain('postgres://anna:***@127.0.0.1:1/d cannot be opened')
  expect(stderr).not.toContain('hidden')
})
