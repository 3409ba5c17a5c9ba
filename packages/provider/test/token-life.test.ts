import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  createAccount,
  createProvider,
  type Provider,
  registerClient,
  type SettingsInput,
} from '../src/index.ts'
import { issueToken } from '../src/tokens/issued-token.ts'
import { signer } from './signer.ts'
import { password } from './site.ts'
import { Visitor } from './visitor.ts'

interface Keys {
  readonly key: string
  readonly secret: string
}

/** A provider whose tokens end, with a user and a client. */
async function opened(options: SettingsInput['options'] = {}) {
  const provider = await createProvider({
    port: 0,
    database: ':memory:',
    logLevel: 'silent',
    options: { tokenLifetimeSeconds: 86_400, tokenIdleSeconds: 600, repeatedApproval: 'replace', ...options },
  })
  const { db } = provider.services
  const { id: userId } = await createAccount(db, 'tina', password)
  const { clientId, clientSecret } = await registerClient(db, {
    name: 'Album',
    callbacks: [],
    ownerId: userId,
  })
  return { provider, userId, client: { key: clientId, secret: clientSecret } }
}

let provider: Provider
let userId: number
let client: Keys

beforeAll(async () => {
  ;({ provider, userId, client } = await opened())
})
afterAll(() => provider.close())

async function signedIn(at = provider): Promise<Visitor> {
  const visitor = new Visitor(at.address)
  await visitor.signIn('tina', password)
  return visitor
}

/** Through the flow, as a user allows it. */
async function allowed(visitor: Visitor, { address } = provider, by = client) {
  const pairs = async (response: Response) => new URLSearchParams(await response.text())
  const send = (token?: Keys) => signer(address, by, token)
  const temporary = await pairs(await send()('POST', '/oauth/initiate', { oauth_callback: 'oob' }))
  const [key, secret] = [temporary.get('oauth_token') ?? '', temporary.get('oauth_token_secret') ?? '']
  await visitor.open(`/oauth/authorize?oauth_token=${key}`)
  const { text } = await visitor.submit('/oauth/authorize', { decision: 'allow' })
  const oauth_verifier = /<code class="code">([^<]+)</.exec(text)?.[1] ?? ''
  const response = await pairs(await send({ key, secret })('POST', '/oauth/token', { oauth_verifier }))
  const token = { key: response.get('oauth_token') ?? '', secret: response.get('oauth_token_secret') ?? '' }
  return { response, token, send: send(token) }
}

it('a token goes idle, is renewed by its client, and ends', async () => {
  const start = Math.floor(Date.now() / 1000)
  let now = start
  const own = await opened({ now: () => now, timestampWindowSeconds: 31_536_000 })
  const { response, send } = await allowed(await signedIn(own.provider), own.provider, own.client)
  expect(response.get('oauth_expires_in')).toBe('86400')
  expect((await send('GET', '/api/me', {})).status).toBe(200)
  now = start + 601
  expect((await send('GET', '/api/me', {})).status).toBe(401)
  const renewed = await send('POST', '/oauth/renew', {})
  expect(renewed.status).toBe(200)
  expect(new URLSearchParams(await renewed.text()).get('oauth_expires_in')).toBe(String(86_400 - 601))
  expect((await send('GET', '/api/me', {})).status).toBe(200)
  now = start + 86_400
  expect((await send('GET', '/api/me', {})).status).toBe(401)
  expect((await send('POST', '/oauth/renew', {})).status).toBe(401)
  await own.provider.close()
})

it('a second approval replaces the first where the settings say so', async () => {
  const visitor = await signedIn()
  const first = await allowed(visitor)
  const second = await allowed(visitor)
  expect((await first.send('GET', '/api/me', {})).status).toBe(401)
  expect((await second.send('GET', '/api/me', {})).status).toBe(200)
})

it('a client ends its own token, once', async () => {
  const { send } = await allowed(await signedIn())
  const revoked = await send('POST', '/oauth/revoke', {})
  expect([revoked.status, revoked.headers.get('access-control-allow-origin')]).toEqual([200, '*'])
  expect((await send('POST', '/oauth/revoke', {})).status).toBe(401)
  expect((await send('GET', '/api/me', {})).status).toBe(401)
  const page = await (await signedIn()).open(`/clients/${client.key}/requests`)
  expect(page.text).toContain('<code>POST <bdi>/oauth/revoke</bdi></code>')
})

it.each(['/oauth/revoke', '/oauth/renew'])(
  '%s takes POST alone, and responds to preflights',
  async (path) => {
    const refused = await fetch(provider.address + path)
    expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'POST'])
    const headers = { origin: 'https://app.example', 'access-control-request-method': 'POST' }
    const preflight = await fetch(provider.address + path, { method: 'OPTIONS', headers })
    expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([204, '*'])
  },
)

it('the page of access says when access was last used and when it ends, and which application’s token is idle', async () => {
  const visitor = await signedIn()
  const { token } = await allowed(visitor)
  const { text } = await visitor.open('/authorizations')
  expect(text).toMatch(/last used <time/)
  expect(text).toMatch(/ends <time/)
  expect(text).not.toContain('idle until')
  const last_used_at = Math.floor(Date.now() / 1000) - 3_600
  const { db } = provider.services
  await db
    .updateTable('oauth_token_credential')
    .set({ last_used_at })
    .where('oauth_token', '=', token.key)
    .execute()
  expect((await visitor.open('/authorizations')).text).toContain('idle until the application renews it')
})

it('all access is revoked at once, by its user', async () => {
  const visitor = await signedIn()
  const other = await registerClient(provider.services.db, { name: 'Other', callbacks: [] })
  await issueToken(provider.services, other.clientId, userId)
  const { send } = await allowed(visitor)
  await visitor.open('/authorizations')
  const after = await visitor.submit('/authorizations/revoke-all')
  expect(after.text).toContain('All access was revoked.')
  expect(after.text).toContain('No application has access to your account.')
  expect((await send('GET', '/api/me', {})).status).toBe(401)
})

it('a developer issues a token for own use, which is shown once, and revokes all of a client', async () => {
  const visitor = await signedIn()
  const page = `/clients/${client.key}/tokens`
  await visitor.open(page)
  const issued = await visitor.submit(page, { scope: 'authorizations:read' })
  expect(issued.path).toBe(page)
  const [key = '', secret = ''] = [...issued.text.matchAll(/<dd class="secret"><code>([^<]+)</g)].map(
    ([, value]) => value,
  )
  const send = signer(provider.address, client, { key, secret })
  expect((await send('GET', '/api/authorizations', {})).status).toBe(200)
  const again = await visitor.open(page)
  expect(again.text).not.toContain(secret)
  expect(again.text).toContain('<code>authorizations:read</code>')
  expect((await visitor.submit(`${page}/revoke-all`)).text).toContain('The client has no tokens.')
  expect((await send('GET', '/api/me', {})).status).toBe(401)
})

it('a developer brings a token along, and is told what cannot be taken', async () => {
  const visitor = await signedIn()
  const page = `/clients/${client.key}/tokens`
  const bring = async (oauth_token: string, oauth_token_secret: string, scope = '') => {
    await visitor.open(page)
    return visitor.submit(page, { oauth_token, oauth_token_secret, ...(scope && { scope }) })
  }
  expect((await bring('brought', 'brought-secret')).status).toBe(200)
  const send = signer(provider.address, client, { key: 'brought', secret: 'brought-secret' })
  expect((await send('GET', '/api/me', {})).status).toBe(200)
  for (const [token, secret, scope, why] of [
    ['brought', 'brought-secret', '', 'This token already exists.'],
    ['a b', 'brought-secret', '', 'without spaces'],
    ['a', 'short', '', '8 to 1000'],
    ['a', '', '', '8 to 1000'],
    ['a', 'long-enough', 'admin', 'This client may not use the scope admin'],
  ] as const) {
    const refused = await bring(token, secret, scope)
    expect([refused.status, refused.text.includes(why)]).toEqual([422, true])
  }
})

it('no one looks at, issues or revokes tokens of another’s client', async () => {
  const stranger = new Visitor(provider.address)
  await stranger.signUp('stranger', password)
  const page = `/clients/${client.key}/tokens`
  expect((await stranger.open(page)).status).toBe(404)
  await stranger.open('/authorizations')
  const form_token = /name="form_token" value="([^"]*)"/.exec(stranger.page?.text ?? '')?.[1] ?? ''
  for (const path of [
    page,
    `${page}/revoke-all`,
    `/clients/${client.key}/edit`,
    `/clients/${client.key}/secret`,
  ])
    expect([path, (await stranger.post(path, { form_token })).status]).toEqual([path, 404])
})
