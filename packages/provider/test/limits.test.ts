import { join } from 'node:path'
import { kyselyHooks } from 'countersign/kysely'
import { afterAll, expect, it } from 'vitest'
import { createAccount } from '../src/accounts/accounts.ts'
import { openSession, sessionUser } from '../src/accounts/sessions.ts'
import { registerClient } from '../src/clients/registration.ts'
import { openDatabase } from '../src/database/database.ts'
import { BoundedWork } from '../src/limits/bounded-work.ts'
import { OverloadError } from '../src/limits/overload-error.ts'
import { createProvider } from '../src/provider.ts'
import { boundedHooks } from '../src/tokens/bounded-hooks.ts'
import { temporaryDirectory } from './running-provider.ts'
import { signer } from './signer.ts'
import { openSite, password } from './site.ts'
import { Visitor } from './visitor.ts'

const directory = temporaryDirectory()
afterAll(() => directory.remove())
const site = openSite()

const nowSeconds = () => Math.floor(Date.now() / 1000)

it('does so much work at once, lets so much wait in its order, and refuses the rest', async () => {
  const work = new BoundedWork({ atOnce: 2, waiting: 3, perKey: 4 })
  const begun: number[] = []
  const ends: (() => void)[] = []
  const start = (number: number, key: string) =>
    work.run(key, async () => {
      begun.push(number)
      await new Promise<void>((end) => ends.push(end))
      return number
    })
  const accepted = [start(1, 'a'), start(2, 'a'), start(3, 'a'), start(4, 'a')]
  await expect(start(5, 'a')).rejects.toThrow(OverloadError)
  accepted.push(start(6, 'b'))
  await expect(start(7, 'c')).rejects.toThrow(OverloadError)
  expect(begun).toEqual([1, 2])
  for (let i = 0; i < 5; i++) {
    ends[i]?.()
    await accepted[i]
  }
  expect(begun).toEqual([1, 2, 3, 4, 6])
  await expect(work.run('a', () => Promise.reject(new Error('on purpose')))).rejects.toThrow('on purpose')
  expect(await work.run('a', async () => 'goes on')).toBe('goes on')
})

it('tells a flood of sign-ins to come back, and lets the API go on', async () => {
  const visitors = Array.from({ length: 200 }, () => new Visitor(site.provider.url))
  for (const visitor of visitors) await visitor.open('/sign-in')
  const flood = visitors.map((visitor, i) =>
    visitor.submit('/sign-in', { name: `name${i}`, password: 'wrong one' }),
  )
  const healthy = await fetch(`${site.provider.url}/healthz`)
  expect(healthy.status).toBe(200)
  const responses = await Promise.all(flood)
  const refused = responses.filter(({ status }) => status === 503)
  expect(refused.length).toBeGreaterThan(0)
  for (const { headers } of refused) expect(headers.get('retry-after')).toBe('2')
  expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([422, 503]))
  expect(site.provider.output.stderr).not.toContain('request failed')
})

it('ends the oldest sessions of a user who opens ever more', async () => {
  const db = await openDatabase(join(directory.path, 'sessions.sqlite'))
  const { id } = await createAccount(db, 'nora', password)
  const other = await createAccount(db, 'olaf', password)
  await openSession(db, 'of another', other.id)
  for (let i = 0; i < 105; i++) {
    await openSession(db, `token ${i}`, id)
    // A second apart, as their order counts.
    await db
      .updateTable('session')
      .set((given) => ({ expires_at: given('expires_at', '-', 1) }))
      .execute()
  }
  expect(await sessionUser(db, 'token 4')).toBeUndefined()
  expect(await sessionUser(db, 'token 5')).toBeDefined()
  expect(await sessionUser(db, 'token 104')).toBeDefined()
  expect(await sessionUser(db, 'of another')).toBeDefined()
  await db.destroy()
})

it('registers no more than 50 clients for one user', async () => {
  const db = await openDatabase(join(directory.path, 'clients.sqlite'))
  const { id } = await createAccount(db, 'pia', password)
  for (let i = 0; i < 50; i++) await registerClient(db, { name: `Client ${i}`, callbacks: [], ownerId: id })
  const more = { name: 'One more', callbacks: [] }
  await expect(registerClient(db, { ...more, ownerId: id })).rejects.toThrow('at most 50 clients')
  expect(await registerClient(db, more)).toBeDefined()
  await db.destroy()
})

it('gives a client no more temporary credentials while thousands of it wait, and others theirs', async () => {
  const provider = await createProvider({ port: 0, database: ':memory:', logLevel: 'silent' })
  const { db } = provider.services
  const full = await registerClient(db, { name: 'Full', callbacks: [] })
  const other = await registerClient(db, { name: 'Other', callbacks: [] })
  const rows = (count: number, expires_at: number) =>
    Array.from({ length: count }, (_, i) => ({
      client_id: full.clientId,
      oauth_token: `${expires_at} ${i}`,
      oauth_token_secret: 's',
      oauth_callback: 'oob',
      oauth_verifier: null,
      user_id: null,
      scope: null,
      expires_at,
    }))
  const insert = async (all: ReturnType<typeof rows>) => {
    for (let i = 0; i < all.length; i += 1_000)
      await db
        .insertInto('oauth_temporary_credential')
        .values(all.slice(i, i + 1_000))
        .execute()
  }
  const initiate = ({ clientId, clientSecret }: typeof full) =>
    signer(provider.address, { key: clientId, secret: clientSecret })('POST', '/oauth/initiate', {
      oauth_callback: 'oob',
    })
  // What has expired waits for nothing.
  await insert(rows(2_000, nowSeconds() - 10))
  await insert(rows(4_999, nowSeconds() + 600))
  expect((await initiate(full)).status).toBe(200)
  const refused = await initiate(full)
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '60'])
  expect(await refused.text()).toContain('error=temporarily_unavailable')
  expect((await initiate(other)).status).toBe(200)
  const direct = boundedHooks(db, kyselyHooks(db)).createTemporaryCredential({
    clientId: full.clientId,
    oauthToken: 'direct',
    oauthTokenSecret: 's',
    oauthCallback: 'oob',
    expiresAt: nowSeconds() + 600,
  })
  await expect(direct).rejects.toThrow(OverloadError)
  await provider.close()
})
