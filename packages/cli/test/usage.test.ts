import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openServices } from '../../provider/src/index.ts'
import { temporaryDirectory } from '../../provider/test/running-provider.ts'
import { jsonHere, runHere } from './in-process.ts'

const directory = temporaryDirectory()
const database = join(directory.path, 'data.sqlite')
const json = jsonHere(database)
const run = (...args: readonly string[]) => runHere([...args, '--database', database])
afterAll(() => directory.remove())

const ways = [
  ['Album', 'HMAC-SHA1', 'header'],
  ['Album', 'HMAC-SHA1', 'query'],
  ['Modern', 'HMAC-SHA256', 'header'],
  ['Plain', 'PLAINTEXT', 'body'],
] as const
const keys = new Map<string, string>()

beforeAll(async () => {
  for (const name of ['Album', 'Modern', 'Plain'])
    keys.set(name, (await json<{ clientId: string }>('client', 'add', name)).clientId)
  const services = await openServices({ database, logLevel: 'silent' })
  for (const [name, signatureMethod, place] of ways)
    services.usage.record({
      type: 'accepted',
      endpoint: 'resource',
      clientId: keys.get(name) ?? '',
      signatureMethod,
      place,
    })
  await services.close()
})

it('lists how clients sign, with counts and times', async () => {
  const all = await json<{ name: string; signatureMethod: string; place: string }[]>('usage')
  const listed = all.map(({ name, signatureMethod, place }) => [name, signatureMethod, place])
  expect(listed.sort()).toEqual(ways.map((way) => [...way]).sort())
  const { stdout } = await run('usage', '--client', 'Modern')
  const [headings, line, ...rest] = stdout.trimEnd().split('\n')
  expect(headings).toMatch(
    /^CLIENT +NAME +METHOD +HASH +PLACE +ACCEPTED +REFUSED +FIRST \(UTC\) +LAST \(UTC\) +PAIRED$/,
  )
  expect(line).toMatch(new RegExp(`^${keys.get('Modern')} +Modern +HMAC-SHA256 +SHA-256 +header +1 +0 +2`))
  expect(rest).toEqual([])
})

it('lists only weak requests, one method, or one place', async () => {
  const names = async (...args: string[]) =>
    (await json<{ name: string }[]>('usage', ...args)).map(({ name }) => name).sort()
  expect(await names('--weak')).toEqual(['Album', 'Album', 'Plain'])
  expect(await names('--weak', '--method', 'PLAINTEXT', '--since', '1')).toEqual(['Plain'])
  expect(await names('--place', 'query')).toEqual(['Album'])
})

it('goes on after an earlier piece, as that one says', async () => {
  const first = await run('usage', '--limit', '3', '--json')
  const { next } = JSON.parse(first.stderr)
  expect(next.command).toMatch(/usage --limit 3 .*--json --after \d+\.\d+$/)
  const rest = await json<unknown[]>('usage', '--after', next.after)
  expect(JSON.parse(first.stdout)).toHaveLength(3)
  expect(rest).toHaveLength(1)
})

it.each([
  [['--since', '0'], '--since must be a whole number of days from 1 to 400.'],
  [['--after', 'x'], 'No list ends at x'],
  [['--place', 'nowhere'], 'header'],
])('refuses %j', async (args, message) => {
  const { code, stderr } = await run('usage', ...args)
  expect(code).not.toBe(0)
  expect(stderr).toContain(message)
})
