import { describe, expect, it } from 'vitest'
import { api, client, errorOf, Provider, start, token } from './provider.ts'

describe('POST /initiate (§2.1)', () => {
  it('returns exactly the three fields, as a form that no cache keeps', async () => {
    const response = await new Provider().initiate()
    expect(response.status).toBe(200)
    expect(response.headers).toEqual({
      'content-type': 'application/x-www-form-urlencoded',
      'cache-control': 'no-store',
      pragma: 'no-cache',
    })
    expect(response.body).toMatch(
      /^oauth_token=[\w-]{42}&oauth_token_secret=[\w-]{48}&oauth_callback_confirmed=true$/,
    )
  })

  it('stores the credential with client, callback and end of life', async () => {
    const provider = new Provider({ server: { temporaryCredentialLifetimeSeconds: 60 } })
    const issued = await provider.temporary()
    expect(await provider.hooks.getTemporaryCredential(issued.oauthToken)).toEqual({
      ...issued,
      clientId: 'client',
      oauthCallback: 'https://printer.example.com/ready',
      expiresAt: start + 60,
    })
  })

  it.each(['header', 'body', 'query'] as const)('takes the parameters from the %s', async (place) => {
    expect((await new Provider().initiate({}, { place })).status).toBe(200)
  })

  it('takes an empty oauth_token for none, as §2.1 allows', async () => {
    expect((await new Provider().initiate({ oauth_token: '' })).status).toBe(200)
  })

  it('refuses a token: the client signs alone here', async () => {
    expect((await new Provider().initiate({}, { token })).status).toBe(401)
  })

  it.each([
    ['no callback', { oauth_callback: undefined }],
    ['an empty callback', { oauth_callback: '' }],
    ['no client', { oauth_consumer_key: undefined }],
    ['no method', { oauth_signature_method: undefined }],
    ['an empty signature', { oauth_signature: '' }],
    ['no timestamp', { oauth_timestamp: undefined }],
    ['no nonce', { oauth_nonce: undefined }],
  ])('%s: 400 missing_required_parameter', async (_name, oauth) => {
    const response = await new Provider().initiate(oauth)
    expect([response.status, errorOf(response)]).toEqual([400, 'missing_required_parameter'])
  })

  it('every credential is another', async () => {
    const provider = new Provider()
    const issued = await Promise.all(Array.from({ length: 50 }, () => provider.temporary()))
    expect(new Set(issued.flatMap((pair) => [pair.oauthToken, pair.oauthTokenSecret])).size).toBe(100)
  })
})

it('a client whose callbacks are no list can name none, and the operator is told', async () => {
  const faults: unknown[] = []
  const odd = { ...client, callbacks: 'https://printer.example.com/ready' as unknown as string[] }
  const provider = new Provider({
    clients: [odd],
    server: { on: (event) => void (event.type === 'fault' && faults.push(event)) },
  })
  const refused = await provider.initiate()
  expect([refused.status, errorOf(refused)]).toEqual([400, 'invalid_request'])
  expect(faults).toEqual([
    { type: 'fault', clientId: 'client', error: new TypeError('Its callbacks are no list.') },
  ])
  for (const callbacks of [undefined, null, []]) {
    const none = new Provider({
      clients: [{ ...client, callbacks: callbacks as string[] }],
      server: { on: (event) => void (event.type === 'fault' && faults.push(event)) },
    })
    expect((await none.initiate({ oauth_callback: 'oob' })).status).toBe(200)
  }
  expect(faults).toHaveLength(1)
})

it('a request without OAuth parameters is challenged, not blamed, at both endpoints', async () => {
  const { server } = new Provider()
  for (const url of [`${api}/initiate`, 'http://photos.example.net/initiate'])
    for (const endpoint of [server.initiate, server.token]) {
      const response = await endpoint.handle({ method: 'POST', url, headers: {} })
      expect([response.status, errorOf(response)]).toEqual([401, 'missing_credentials'])
    }
})

describe('the verb', () => {
  it.each(['GET', 'PUT', 'HEAD', 'OPTIONS'])('%s: 405 with Allow, at both endpoints', async (method) => {
    const provider = new Provider()
    const initiate = await provider.initiate({}, { method })
    const exchange = await provider.exchange(token, 'v', { method })
    for (const response of [initiate, exchange]) {
      expect(response.status).toBe(405)
      expect(response.headers['allow']).toBe('POST')
      expect(errorOf(response)).toBe('method_not_allowed')
    }
  })

  it('is known in lower case, too', async () => {
    const provider = new Provider()
    const http = provider.sign({ method: 'POST', url: `${api}/initiate`, oauth: { oauth_callback: 'oob' } })
    const response = await provider.server.createTemporaryCredentialResponse({ ...http, method: 'post' })
    expect(response.status).toBe(200)
  })
})
