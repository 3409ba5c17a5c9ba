import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type DryRun, type MailText, openServices } from '../../provider/src/index.ts'
import { temporaryDirectory } from '../../provider/test/running-provider.ts'
import { jsonHere, runHere } from './in-process.ts'

const directory = temporaryDirectory()
const database = join(directory.path, 'data.sqlite')
const file = join(directory.path, 'retirement.json')
const json = jsonHere(database)
const run = (...args: readonly string[]) => runHere([...args, '--database', database])
afterAll(() => directory.remove())

const guide = 'https://docs.example.com/oauth2'
const yesterday = new Date(Date.now() - 24 * 3600 * 1000).toISOString().slice(0, 10)
const times = { announced: yesterday, ends: '2999-06-01' }
const at = (time: string) => Date.parse(time) / 1000
const keys = new Map<string, string>()

beforeAll(async () => {
  for (const name of ['Album', 'Modern', 'Plain'])
    keys.set(name, (await json<{ clientId: string }>('client', 'add', name)).clientId)
  const services = await openServices({ database, logLevel: 'silent' })
  for (const [name, signatureMethod, count] of [
    ['Album', 'HMAC-SHA1', 60],
    ['Album', 'HMAC-SHA256', 5],
    ['Modern', 'HMAC-SHA256', 7],
    ['Plain', 'PLAINTEXT', 3],
  ] as const)
    for (let number = 0; number < count; number++)
      services.usage.record({
        type: 'accepted',
        endpoint: 'resource',
        clientId: keys.get(name) ?? '',
        signatureMethod,
        place: number % 2 === 0 ? 'header' : 'query',
      })
  // No rule affects a request that is refused anyway.
  services.usage.record({
    type: 'refused',
    endpoint: 'resource',
    code: 'invalid_nonce',
    description: '',
    clientId: keys.get('Modern') ?? '',
    signatureMethod: 'HMAC-SHA1',
    place: 'header',
  })
  await services.close()
  const rules = [
    {
      method: 'HMAC-SHA1',
      ...times,
      brownouts: [{ from: '2999-03-01T10:00Z', minutes: 15, every: 'week' }],
    },
    { client: keys.get('Plain'), ...times, ends: '2999-05-01' },
    { client: 'nobody', ...times },
  ]
  writeFileSync(file, JSON.stringify({ guide, rules }))
})

it('says who would have been refused, by client and method, and what comes next', async () => {
  const result = await json<DryRun>('retire', '--dry-run', file)
  const [album, plain, ...more] = result.refused
  expect(more).toEqual([])
  expect(album).toMatchObject({
    clientId: keys.get('Album'),
    name: 'Album',
    signatureMethod: 'HMAC-SHA1',
    requests: 60,
    perDay: 2,
    endsAt: at('2999-06-01'),
  })
  expect(plain).toMatchObject({ name: 'Plain', requests: 3, perDay: 0.1, endsAt: at('2999-05-01') })
  const [first, , unknown] = result.rules
  expect(first?.nextWindows).toHaveLength(5)
  expect(first?.nextWindows[1]).toEqual({ from: at('2999-03-08T10:00Z'), to: at('2999-03-08T10:15Z') })
  expect(unknown).toMatchObject({ name: 'client nobody', isClientUnknown: true })
})

it('is read as a table, and counts the days that are asked for', async () => {
  const { stdout, code } = await run('retire', '--dry-run', file, '--days', '1')
  expect(code).toBe(0)
  expect(stdout).toMatch(/^RULE +ANNOUNCED \(UTC\) +ENDS \(UTC\) +NEXT BROWNOUT \(UTC\)\n/)
  expect(stdout).toContain('2999-03-01 10:00 to 2999-03-01 10:15')
  expect(stdout).toContain('There is no client nobody.')
  expect(stdout).toMatch(/Album +HMAC-SHA1 +60 +60 +2/)
})

it('takes the file of the settings, and says where there is none', async () => {
  const env = { RETIREMENT_FILE: file }
  const { stdout } = await runHere(['retire', '--dry-run', '--database', database, '--json'], env)
  expect(JSON.parse(stdout).guide).toBe(guide)
  const { stderr, code } = await run('retire', '--dry-run')
  expect([code, stderr]).toEqual([2, expect.stringContaining('set RETIREMENT_FILE')])
})

it('names every fault of a file', async () => {
  const bad = join(directory.path, 'bad.json')
  writeFileSync(bad, JSON.stringify({ guide: 'x', rules: [{ all: true, announced: '2027-01-01' }] }))
  const { stderr, code } = await run('retire', '--dry-run', bad)
  expect(code).toBe(1)
  expect(stderr).toMatch(/guide must be the http/)
  expect(stderr).toMatch(/rules\[0\]\.ends must be a day/)
})

it('prints a mail for each rule, in English and in German', async () => {
  const mails = async (...args: string[]) => {
    const { stdout } = await runHere(['retire', 'mail', file, '--json', ...args], { BRAND_NAME: 'Photos' })
    return JSON.parse(stdout) as MailText[]
  }
  const [english, , other] = await mails()
  expect(english?.subject).toBe('HMAC-SHA1 ends at Photos on 1 June 2999')
  expect(english?.body).toContain('signs its requests to Photos with HMAC-SHA1')
  expect(english?.body).toContain('- from 2999-03-01 10:00 UTC to 2999-03-01 10:15 UTC')
  expect(english?.body).toContain(`How to move on: ${guide}`)
  expect(other?.subject).toBe('OAuth 1.0 ends at Photos on 1 June 2999')
  expect(other?.body).not.toContain('503')
  const [german] = await mails('--language', 'de')
  expect(german?.subject).toBe('HMAC-SHA1 endet bei Photos am 1. Juni 2999')
  expect(german?.body).toContain(`So geht es weiter: ${guide}`)
  const { stdout } = await runHere(['retire', 'mail', file])
  expect(stdout.split('\n---\n')).toHaveLength(3)
})
