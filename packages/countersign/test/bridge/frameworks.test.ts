import { BearerProtector, signedEndpoint, TokenExchange, tokenEndpoint } from 'countersign/bridge'
import { OAuth1Client } from 'countersign/client'
import { afterEach, describe, expect, it } from 'vitest'
import type { Served } from '../adapters/suite.ts'
import { frameworks } from './frameworks.ts'
import { Issuer, parameters, Setting } from './setting.ts'

/** An API that both kinds of clients call, and an exchange that makes Bearer tokens of OAuth 1.0 ones. */
function site() {
  const issuer = new Issuer()
  const { store } = new Setting()
  const protector = new BearerProtector({
    hooks: store,
    insecureTransport: true,
    verifyBearer: (token) =>
      issuer.valid.includes(token) ? { clientId: 'app', userId: 7, scope: 'read' } : undefined,
  })
  const exchange = new TokenExchange({
    protector,
    insecureTransport: true,
    hooks: {
      ...store,
      ...issuer.hooks,
      pairedClient: () => 'app',
      clientsPairedWith: (id) => (id === 'app' ? ['client'] : []),
      scopesFor: () => ['photos.read'],
    },
  })
  return { protector, exchange }
}

const client = new OAuth1Client({
  clientId: 'client',
  clientSecret: 'secret',
  token: { oauthToken: 'token', oauthTokenSecret: 'token-secret' },
})

describe.each(frameworks)('in %s', (_, serve) => {
  let served: Served | undefined
  afterEach(() => served?.close())

  it('a signed request is exchanged, and both kinds pass one guard with one credential', async () => {
    const { protector, exchange } = site()
    served = await serve(protector, signedEndpoint(exchange))
    const { base } = served

    const exchanged = await client.fetch(`${base}/exchange`, { method: 'POST' })
    expect([exchanged.status, exchanged.headers.get('cache-control')]).toEqual([200, 'no-store'])
    const { access_token } = (await exchanged.json()) as { access_token: string }

    const old = await client.fetch(`${base}/photos`)
    expect(await old.json()).toEqual({ clientId: 'client', userId: 7, scope: 'read' })
    const bearer = await fetch(`${base}/photos`, { headers: { authorization: `Bearer ${access_token}` } })
    expect(await bearer.json()).toEqual({ clientId: 'app', userId: 7, scope: 'read' })
  })

  it('a wrong Bearer token is refused with both challenges, and so is an unsigned exchange', async () => {
    const { protector, exchange } = site()
    served = await serve(protector, signedEndpoint(exchange))
    const refused = await fetch(`${served.base}/photos`, { headers: { authorization: 'Bearer wrong' } })
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([
      401,
      'OAuth realm="OAuth", Bearer realm="OAuth", error="invalid_token"',
    ])
    const unsigned = await fetch(`${served.base}/exchange`, { method: 'POST' })
    expect([unsigned.status, await unsigned.json()]).toMatchObject([401, { error: 'missing_credentials' }])
  })

  it('a token request is exchanged where the client proves who it is', async () => {
    const { protector, exchange } = site()
    const isClient = ({ clientId, clientSecret }: { clientId: string; clientSecret: string | undefined }) =>
      clientId === 'app' && clientSecret === 'app:secret'
    served = await serve(protector, tokenEndpoint(exchange, isClient))
    const ask = (body: object, authorization?: string) =>
      fetch(`${served?.base}/exchange`, {
        method: 'POST',
        headers: authorization === undefined ? {} : { authorization },
        body: new URLSearchParams({ ...parameters, ...body }),
      })
    const basic = `Basic ${btoa('app:app%3Asecret')}`
    expect((await ask({}, basic)).status).toBe(200)
    expect((await ask({ client_id: 'app', client_secret: 'app:secret' })).status).toBe(200)
    const wrong = await ask({ client_id: 'app', client_secret: 'wrong' })
    expect([wrong.status, await wrong.json()]).toMatchObject([401, { error: 'invalid_client' }])
    const refused = await ask({ oauth_token_secret: 'wrong' }, basic)
    expect([refused.status, await refused.json()]).toMatchObject([400, { error: 'invalid_grant' }])
  })
})
