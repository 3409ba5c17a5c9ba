import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openServices, pairClient } from '../../provider/src/index.ts'
import { temporaryDirectory } from '../../provider/test/running-provider.ts'
import { jsonHere, runHere } from './in-process.ts'

const directory = temporaryDirectory()
const database = join(directory.path, 'data.sqlite')
const json = jsonHere(database)
const run = (...args: readonly string[]) => runHere([...args, '--database', database])
afterAll(() => directory.remove())

let key: string
beforeAll(async () => {
  key = (await json<{ clientId: string }>('client', 'add', 'Album')).clientId
})

it('pairs a client, changes the pair and ends it, and shows each step', async () => {
  expect((await run('client', 'show', key)).stdout).toMatch(/^OAuth 2 +not paired$/m)
  expect(await run('client', 'pair', key, 'app')).toMatchObject({
    code: 0,
    stdout: `Client ${key} is paired with app.\n`,
  })
  expect(await json('client', 'pair', key, 'app')).toEqual({ clientId: key, oauth2ClientId: 'app' })
  expect((await run('client', 'show', key)).stdout).toMatch(/^OAuth 2 +app$/m)
  expect(await json('client', 'show', key)).toMatchObject({ oauth2ClientId: 'app' })
  expect(await json('client', 'list')).toMatchObject([{ clientId: key, oauth2ClientId: 'app' }])
  expect((await run('client', 'pair', '--key', key, 'other app')).stdout).toBe(
    `Client ${key} is paired with other app instead of app.\n`,
  )
  expect((await run('client', 'unpair', key)).stdout).toBe(
    `Client ${key} is no longer paired with other app.\n`,
  )
  expect((await run('client', 'unpair', key)).stdout).toBe(`Client ${key} was not paired.\n`)
  expect(await json('client', 'unpair', key)).toEqual({ clientId: key, oauth2ClientId: null })
})

it('writes what changed into the audit log, as done by the operator', async () => {
  const services = await openServices({ database, logLevel: 'silent' })
  const rows = await services.db
    .selectFrom('audit_event')
    .select(['action', 'actor_kind', 'subject_id', 'details'])
    .where('action', 'in', ['client.paired', 'client.unpaired'])
    .orderBy('id')
    .execute()
  await services.close()
  const told = rows.map(({ details, ...row }) => ({ ...row, details: JSON.parse(details ?? '') }))
  const common = { actor_kind: 'operator', subject_id: key }
  expect(told).toEqual([
    { ...common, action: 'client.paired', details: { oauth2ClientId: 'app' } },
    { ...common, action: 'client.paired', details: { oauth2ClientId: 'other app', before: 'app' } },
    { ...common, action: 'client.unpaired', details: { oauth2ClientId: 'other app' } },
  ])
})

it.each([
  [['pair', 'KEY', 'ä'], 1, 'Use an OAuth 2 client ID of 1 to 255 printable ASCII characters.'],
  [['pair', 'KEY', ' '], 1, 'Use an OAuth 2 client ID'],
  [['pair', 'KEY', 'x'.repeat(256)], 1, 'Use an OAuth 2 client ID'],
  [['pair', 'no-such-key', 'app'], 1, 'No client has the key no-such-key.'],
  [['unpair', 'no-such-key'], 1, 'No client has the key no-such-key.'],
  [['pair'], 2, 'KEY is missing.'],
  [['pair', 'KEY'], 2, 'OAUTH2_CLIENT_ID is missing.'],
  [['pair', 'KEY', 'app', '--key', 'KEY'], 2, 'Use KEY or --key, not both.'],
  [['pair', 'KEY', 'app', 'more'], 2, 'oo many arguments'],
  [['unpair', 'KEY', 'app'], 2, 'oo many arguments'],
] as const)('refuses %j', async (words, code, message) => {
  const response = await run('client', ...words.map((word) => (word === 'KEY' ? key : word)))
  expect(response.code).toBe(code)
  expect(response.stderr).toContain(message)
  expect(await json('client', 'show', key)).toMatchObject({ oauth2ClientId: null })
})

it('says in the usage of a client whether it can move', async () => {
  const services = await openServices({ database, logLevel: 'silent' })
  const event = { type: 'accepted', endpoint: 'resource', place: 'header' } as const
  services.usage.record({ ...event, clientId: key, signatureMethod: 'HMAC-SHA1' })
  await services.close()
  const line = async () => (await run('usage')).stdout.trimEnd().split('\n').at(-1)
  expect(await line()).toMatch(/ no$/)
  const again = await openServices({ database, logLevel: 'silent' })
  await pairClient(again.db, key, 'app')
  await again.close()
  expect(await line()).toMatch(/ yes$/)
  expect(await json('usage')).toMatchObject([{ clientId: key, oauth2ClientId: 'app' }])
})
