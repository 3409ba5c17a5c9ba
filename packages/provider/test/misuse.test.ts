import { afterAll, beforeAll, expect, it } from 'vitest'
import { signed, type Unsigned } from '../../../test/support/signer.ts'
import { setRole } from '../src/accounts/administrators.ts'
import { suspendUser } from '../src/accounts/suspension.ts'
import { replaceSecret } from '../src/clients/client-changes.ts'
import { setClientStatus, setClientVerified } from '../src/clients/client-status.ts'
import { narrowedPolicy, ownerChoices } from '../src/clients/owner-policy.ts'
import type { ImportRecord } from '../src/import/import-record.ts'
import { importRecords } from '../src/import/importer.ts'
import { createProvider, findAccount, type Provider } from '../src/index.ts'
import { nowSeconds } from '../src/random.ts'
import { issueToken } from '../src/tokens/issued-token.ts'
import { signer } from './signer.ts'
import { password } from './site.ts'
import { Visitor } from './visitor.ts'

/** What users, clients and those who find an open browser may try, and must not get. */
let provider: Provider
let clients = 0
beforeAll(async () => {
  provider = await createProvider({
    port: 0,
    database: ':memory:',
    logLevel: 'silent',
    credentialCacheSeconds: 30,
    rateLimits: { oauthPerClient: 3 },
  })
})
afterAll(() => provider?.close())

const member = async (name: string) => {
  const visitor = new Visitor(provider.address)
  expect((await visitor.signUp(name, password)).status).toBe(200)
  return visitor
}

const register = async (visitor: Visitor, fields: Record<string, string> = {}) => {
  await visitor.open('/clients/new')
  const { text } = await visitor.submit('/clients', { name: `Client ${++clients}`, ...fields })
  const [key = '', secret = ''] = [...text.matchAll(/<dd class="secret"><code>([^<]+)</g)].map(
    ([, value]) => value,
  )
  return { key, secret }
}

const idOf = async (name: string) => (await findAccount(provider.services.db, name))?.id ?? 0
const me = async (keys: { key: string; secret: string }, token: { key: string; secret: string }) =>
  (await signer(provider.address, keys, token)('GET', '/api/me', {})).status
const tokenOf = async (clientId: string, userId: number) => {
  const { oauthToken, oauthTokenSecret } = await issueToken(provider.services, clientId, userId)
  return { key: oauthToken, secret: oauthTokenSecret }
}

it('no sign-in with the old password outlives its change, however many are under way', async () => {
  const owner = await member('olaf')
  const thieves: Visitor[] = []
  let isOver = false
  const steal = async () => {
    while (!isOver) {
      const thief = new Visitor(provider.address)
      thieves.push(thief)
      await thief.signIn('olaf', password)
    }
  }
  const stealing = Promise.all([steal(), steal(), steal()])
  for (const [from, to] of [
    [password, 'another horse battery'],
    ['another horse battery', password],
    [password, 'the last horse battery'],
  ] as const) {
    await owner.open('/account')
    const changed = await owner.submit('/account/password', { current: from, new: to })
    expect(changed.status).toBe(200)
  }
  isOver = true
  await stealing
  expect(thieves.length).toBeGreaterThan(3)
  for (const thief of thieves) expect((await thief.open('/account')).path).toMatch(/^\/sign-in/)
})

/** Asks for temporary credentials, with a header that is odd. */
const initiate = async (
  { key, secret }: { key: string; secret: string },
  odd: Partial<Unsigned> = {},
  change = (authorization: string) => authorization,
) => {
  const { url, headers, ...init } = signed(
    {
      method: 'POST',
      url: `${provider.address}/oauth/initiate`,
      client: { clientId: key, clientSecret: secret },
      ...odd,
      oauth: { oauth_callback: 'oob', ...odd.oauth },
    },
    nowSeconds(),
  )
  const authorization = change(String(headers['authorization']))
  return (await fetch(url, { ...init, headers: { authorization } })).status
}

it.each([
  ['in a parameter whose name ends alike', (key: string) => ({ oauth: { oauth_x_oauth_consumer_key: key } })],
  ['in the realm', (key: string) => ({ realm: `oauth_consumer_key=${key}` })],
])('a client cannot use up the limit of another that it names %s', async (_, oddOf) => {
  const visitor = await member(`limits${clients}`)
  const [victim, evil] = [await register(visitor), await register(visitor)]
  const statuses = []
  for (let i = 0; i < 5; i++) statuses.push(await initiate(evil, oddOf(victim.key)))
  expect(statuses).toEqual([200, 200, 200, 429, 429])
  expect(await initiate(victim)).toBe(200)
})

it('a client that spells the name of its key otherwise has the same limit', async () => {
  const keys = await register(await member('speller'))
  const encoded = (header: string) => header.replace('oauth_consumer_key', 'oauth%5Fconsumer_key')
  const statuses = []
  for (let i = 0; i < 5; i++) statuses.push(await initiate(keys, {}, encoded))
  expect(statuses).toEqual([200, 200, 200, 429, 429])
})

it('the mark as verified ends when the owner changes what users see', async () => {
  const { db } = provider.services
  const visitor = await member('changer')
  const { key } = await register(visitor, { name: 'Harmless', callbacks: 'https://a.example/cb' })
  const isVerified = async () =>
    (
      await db
        .selectFrom('oauth_client')
        .select('verified_at')
        .where('client_id', '=', key)
        .executeTakeFirst()
    )?.verified_at !== null
  const edit = async (fields: Record<string, string>) => {
    await visitor.open(`/clients/${key}/edit`)
    const same = { name: 'Harmless', callbacks: 'https://a.example/cb', description: '', homepage: '' }
    await visitor.submit(`/clients/${key}/edit`, { ...same, callback_rule: 'exact', ...fields })
  }
  await setClientVerified(db, key, true)
  await edit({})
  expect(await isVerified()).toBe(true)
  for (const fields of [
    { name: 'Example Bank' },
    { homepage: 'https://bank.example' },
    { description: 'Your bank' },
    { callbacks: 'https://b.example/cb' },
  ]) {
    await edit({})
    await setClientVerified(db, key, true)
    await edit(fields)
    expect([fields, await isVerified()]).toEqual([fields, false])
  }
  const lines = await db
    .selectFrom('audit_event')
    .select('action')
    .where('subject_id', '=', key)
    .where('action', '=', 'client.unverified')
    .execute()
  expect(lines.length).toBeGreaterThanOrEqual(4)
})

it('a suspended client stays suspended when its owner, or the owner’s account, goes', async () => {
  const { db } = provider.services
  const visitor = await member('leaver')
  const keys = await register(visitor)
  await setClientStatus(db, keys.key, 'suspended')
  await visitor.open(`/clients/${keys.key}`)
  expect((await visitor.open(`/clients/${keys.key}/delete`)).path).toBe(`/clients/${keys.key}`)
  const token = /name="form_token" value="([^"]*)"/.exec((await visitor.open('/account')).text)?.[1] ?? ''
  await visitor.post(`/clients/${keys.key}/delete`, { form_token: token })
  expect((await visitor.open(`/clients/${keys.key}`)).text).toContain('cannot be deleted')
  await visitor.open('/account/delete')
  await visitor.submit('/account/delete', { password })
  expect(await findAccount(db, 'leaver')).toBeUndefined()
  const again = await member('leaver2')
  await again.open('/clients/new')
  const taken = await again.submit('/clients', { name: 'Again', key: keys.key, secret: keys.secret })
  expect(taken.status).toBe(422)
})

it('a client that its owner deletes opens nothing more, whatever is in the cache', async () => {
  const visitor = await member('deleter')
  const keys = await register(visitor)
  const token = await tokenOf(keys.key, await idOf('deleter'))
  expect(await me(keys, token)).toBe(200)
  await visitor.open(`/clients/${keys.key}/delete`)
  await visitor.submit(`/clients/${keys.key}/delete`)
  expect(await me(keys, token)).toBe(401)
})

it('a token imported for a suspended user opens nothing, and a replaced secret leaves no older one', async () => {
  const { services } = provider
  const { db } = services
  await member('sleeper')
  const keys = await register(await member('importer'))
  const userId = await idOf('sleeper')
  await suspendUser(services, userId)
  const record = (token: string, user: string) =>
    ({ kind: 'token', at: 'line 1', client: keys.key, token, secret: 'imported', user, scope: '' }) as const
  const isOpen = (token: string) => me(keys, { key: token, secret: 'imported' })
  const importing = async (record: ImportRecord, replace = false) => {
    const source = async function* () {
      yield record
    }
    expect((await importRecords(db, source, { replace })).faults).toBe(0)
  }
  await importing(record('asleep', 'sleeper'))
  expect(await isOpen('asleep')).toBe(401)
  await importing(record('woken', 'sleeper'))
  await importing(record('woken', 'importer'), true)
  expect(await isOpen('woken')).toBe(200)

  const previous = () =>
    db
      .selectFrom('oauth_client')
      .select(['previous_secret', 'previous_secret_until'])
      .where('client_id', '=', keys.key)
      .executeTakeFirst()
  await replaceSecret(db, keys.key, { overlapSeconds: 3600 })
  expect(await previous()).toMatchObject({ previous_secret: keys.secret })
  const client = { kind: 'client', at: 'line 1', key: keys.key, secret: 'third-secret' } as const
  await importing({ ...client, callbacks: [], name: 'C', owner: 'importer' }, true)
  expect(await previous()).toEqual({ previous_secret: null, previous_secret_until: null })
})

it('an owner compares callbacks no looser than the operator said, for all or for the client', () => {
  const prefix = { callbackRule: 'prefix' } as const
  expect(ownerChoices({}, prefix, {}).isCallbackRuleFixed).toBe(false)
  expect(narrowedPolicy({}, prefix, {})).toEqual(prefix)
  for (const [operator, common] of [
    [{}, { callbackRule: 'exact' }],
    [{ callbackRule: 'exact' }, {}],
    [{ profile: 'strict' }, { profiles: { strict: { callbackRule: 'exact' } } }],
  ] as const) {
    expect(ownerChoices(operator, prefix, common).isCallbackRuleFixed).toBe(true)
    expect(narrowedPolicy(operator, prefix, common)).toEqual(operator)
  }
})

it('the names of tokens on a page of administrators hold for that administrator alone', async () => {
  const { db } = provider.services
  const [ada, eve] = [await member('ada'), await member('eve')]
  for (const name of ['ada', 'eve']) await setRole(db, await idOf(name), 'admin')
  const keys = await register(ada)
  const token = await tokenOf(keys.key, await idOf('ada'))
  const page = await ada.open(`/admin/tokens?client=${keys.key}`)
  expect(page.text).not.toContain(token.key)
  const name = /name="token" value="([^"]+)"/.exec(page.text)?.[1] ?? ''
  expect(name).not.toBe('')
  await eve.open(`/admin/tokens?client=${keys.key}`)
  await eve.submit('/admin/tokens/revoke', { token: name })
  expect(await me(keys, token)).toBe(200)
  await ada.submit('/admin/tokens/revoke')
  expect(await me(keys, token)).toBe(401)
})
