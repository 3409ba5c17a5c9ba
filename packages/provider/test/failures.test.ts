import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { registerClient } from '../src/clients/registration.ts'
import { createProvider, type Provider } from '../src/provider.ts'
import { createLog } from '../src/telemetry/log.ts'
import { signer } from './signer.ts'
import { Visitor } from './visitor.ts'

const json = /^application\/json/
const form = /^application\/x-www-form-urlencoded/
const page = /^text\/html/

describe('while the database cannot be reached, each app says so in its own form', () => {
  let provider: Provider
  let send: ReturnType<typeof signer>
  beforeAll(async () => {
    provider = await createProvider({ port: 0, database: ':memory:' }, createLog('silent'))
    const { clientId, clientSecret } = await registerClient(provider.services.db, {
      name: 'Terminal',
      callbacks: [],
    })
    send = signer(
      provider.address,
      { key: clientId, secret: clientSecret },
      { key: 'token', secret: 'secret' },
    )
    await provider.services.db.destroy()
  })
  afterAll(() => provider.close())

  it.each([
    ['the readiness check', () => fetch(`${provider.address}/readyz`), 503, json, '"database":"failed"'],
    [
      'the first endpoint',
      () => send('POST', '/oauth/initiate', { oauth_callback: 'oob' }),
      503,
      form,
      'temporarily_unavailable',
    ],
    [
      'the last endpoint',
      () => send('POST', '/oauth/token', { oauth_verifier: 'x' }),
      503,
      form,
      'temporarily_unavailable',
    ],
    ['the API', () => send('GET', '/api/me', {}), 503, json, 'temporarily_unavailable'],
    [
      'a page',
      () =>
        fetch(`${provider.address}/`, {
          headers: { cookie: `countersign=${'x'.repeat(43)}`, accept: 'text/html' },
        }),
      500,
      page,
      '<h1>Something went wrong',
    ],
    [
      'the consent page',
      () => fetch(`${provider.address}/oauth/authorize?oauth_token=x`, { headers: { accept: 'text/html' } }),
      503,
      page,
      '<h1>Not available right now',
    ],
  ])('%s', async (_, ask, status, type, says) => {
    const response = await ask()
    expect(response.status).toBe(status)
    expect(response.headers.get('content-type')).toMatch(type)
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    const text = await response.text()
    // Whoever sees a page can tell the operator which lines of the log are about it.
    if (type === page) expect(text).toContain(`<code>${response.headers.get('x-request-id')}</code>`)
    expect(text).toContain(says)
    expect(text).not.toMatch(/sql|destroyed|driver/i)
  })
})

it('a decision that cannot be noted is sent to the client all the same: it cannot be made again', async () => {
  const provider = await createProvider({ port: 0, database: ':memory:' }, createLog('silent'))
  const { db } = provider.services
  const { clientId, clientSecret } = await registerClient(db, {
    name: 'Album',
    callbacks: ['https://album.example/cb'],
  })
  const send = signer(provider.address, { key: clientId, secret: clientSecret })
  const visitor = new Visitor(provider.address)
  await visitor.signUp('vera', 'correct horse battery')
  const response = await send('POST', '/oauth/initiate', { oauth_callback: 'https://album.example/cb' })
  const oauthToken = new URLSearchParams(await response.text()).get('oauth_token')
  await visitor.open(`/oauth/authorize?oauth_token=${oauthToken}`)
  await db.schema.dropTable('decision').execute()
  const { leftFor } = await visitor.submit('/oauth/authorize', { decision: 'allow' })
  expect(leftFor).toMatch(/^https:\/\/album\.example\/cb\?oauth_token=.*&oauth_verifier=/)
  await provider.close()
})
