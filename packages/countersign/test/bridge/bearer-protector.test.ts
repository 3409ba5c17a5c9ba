import {
  ConfigurationError,
  type HttpRequest,
  type OAuth1Error,
  type OAuth1Event,
  StoreError,
} from 'countersign'
import { type BearerIdentity, BearerProtector, type BearerProtectorOptions } from 'countersign/bridge'
import { memoryHooks } from 'countersign/memory'
import { describe, expect, it } from 'vitest'
import { signed, type Unsigned } from '../../../../test/support/signer.ts'
import { clients, start, token } from './setting.ts'

const identities: Readonly<Record<string, BearerIdentity>> = {
  good: { clientId: 'app', userId: 7, scope: 'read' },
  ended: { clientId: 'app', userId: 7, scope: 'read', expiresAt: start },
  alive: { clientId: 'app', userId: 7, expiresAt: start + 1 },
  'of-a-date': { clientId: 'app', userId: 7, expiresAt: new Date(start * 2000) as never },
  'of-the-client': { clientId: 'app', scope: 'read' },
  'of-a-batch': {
    clientId: 'app',
    client: { clientId: 'app', clientSecret: 's', policy: { twoLegged: true } },
  },
  'of-none': { userId: 7 } as never,
}

function opened(options: Partial<BearerProtectorOptions> = {}) {
  const events: OAuth1Event[] = []
  const verified: string[] = []
  const protector = new BearerProtector({
    hooks: memoryHooks({ clients, tokens: [token], now: () => start }),
    now: () => start,
    on: (event) => void events.push(event),
    verifyBearer: async (text) => {
      verified.push(text)
      return identities[text]
    },
    ...options,
  })
  return { protector, events, verified }
}

const url = 'https://api.example.net/photos'
const withBearer = (authorization: string | readonly string[], rest: Partial<HttpRequest> = {}) => ({
  method: 'GET',
  url,
  headers: { authorization },
  ...rest,
})
const signedWith = (unsigned: Partial<Unsigned> = {}) => signed({ url, token, ...unsigned }, start)

describe('a protector of both kinds lets in', () => {
  it('a signed request, and tells of it as ever', async () => {
    const { protector, events, verified } = opened()
    const { credential, scheme } = await protector.authenticate(signedWith(), 'read')
    expect([credential?.userId, credential?.oauthToken, scheme]).toEqual([7, 'token', undefined])
    expect(events).toMatchObject([{ type: 'accepted', signatureMethod: 'HMAC-SHA1' }])
    expect(verified).toEqual([])
  })

  it('a Bearer token, whose user, client and scope it returns, and never the token', async () => {
    const { protector, events } = opened()
    const authentication = await protector.authenticate(withBearer('Bearer good'), 'read')
    expect(authentication).toMatchObject({
      client: { clientId: 'app' },
      credential: { clientId: 'app', userId: 7, scope: 'read', oauthToken: '' },
      scheme: 'Bearer',
    })
    expect(events).toEqual([
      {
        type: 'accepted',
        endpoint: 'resource',
        clientId: 'app',
        userId: 7,
        scope: 'read',
        signatureMethod: 'Bearer',
        place: 'header',
      },
    ])
    expect(JSON.stringify([events, authentication.credential])).not.toContain('good')
  })

  it.each(['bearer good', 'BEARER \t good', '  Bearer good  '])('one that is written as %j', async (text) => {
    const { protector } = opened()
    expect(await protector.authenticate(withBearer(text))).toMatchObject({ scheme: 'Bearer' })
  })

  it('parameters of the request beside a Bearer token', async () => {
    const { protector } = opened()
    const { request } = await protector.authenticate(withBearer('Bearer good', { url: `${url}?size=big` }))
    expect(request.parameters).toEqual([['size', 'big']])
  })

  it('a token of the client itself where that is asked for, and a client without its secret', async () => {
    const { protector } = opened()
    const alone = withBearer('Bearer of-the-client')
    expect(await protector.authenticateClient(alone)).toMatchObject({ client: { clientId: 'app' } })
    await expect(protector.authenticate(alone)).rejects.toMatchObject({ code: 'invalid_token' })
    const { client } = await protector.authenticate(withBearer('Bearer of-a-batch'))
    expect(client).toEqual({ clientId: 'app', policy: { twoLegged: true } })
    await expect(protector.authenticateClient(withBearer('Bearer good'))).rejects.toMatchObject({
      code: 'invalid_token',
    })
  })

  it('a token until it ends', async () => {
    const { protector } = opened()
    expect(await protector.authenticate(withBearer('Bearer alive'))).toMatchObject({ scheme: 'Bearer' })
  })
})

describe('a protector of both kinds refuses', () => {
  it.each([
    ['an unknown token', 'Bearer nobody', 'invalid_token'],
    ['one that has ended', 'Bearer ended', 'invalid_token'],
    ['one whose end is no number', 'Bearer of-a-date', 'invalid_token'],
    ['no token', 'Bearer', 'invalid_token'],
    ['an empty token', 'Bearer  ', 'invalid_token'],
    ['two tokens', 'Bearer good good', 'invalid_token'],
    ['a token with a comma', 'Bearer good, Bearer good', 'invalid_token'],
    ['a token that is no text of tokens', 'Bearer good\u00e4', 'invalid_token'],
    ['a token of 20,000 characters', `Bearer ${'x'.repeat(20_000)}`, 'request_too_large'],
    ['a scheme of another kind', 'Basic Z29vZDpnb29k', 'missing_credentials'],
    ['a scheme that begins alike', 'Bearertoken good', 'missing_credentials'],
    ['two headers', ['Bearer good', 'Bearer good'], 'invalid_request'],
    ['two schemes in one header', 'Bearer good, OAuth oauth_token="token"', 'invalid_request'],
  ])('%s', async (_, authorization, code) => {
    const { protector, events } = opened()
    await expect(protector.authenticate(withBearer(authorization))).rejects.toMatchObject({ code })
    expect(events).toMatchObject([{ type: 'refused', endpoint: 'resource', code }])
  })

  it('a scope that was not granted, and names the client in its event: the token is its own', async () => {
    const { protector, events } = opened()
    await expect(protector.authenticate(withBearer('Bearer good'), 'write')).rejects.toThrow()
    await expect(protector.authenticate(withBearer('Bearer nobody'))).rejects.toThrow()
    const refused = { type: 'refused', endpoint: 'resource', signatureMethod: 'Bearer', place: 'header' }
    const description = expect.any(String)
    expect(events).toEqual([
      { ...refused, code: 'insufficient_scope', description, clientId: 'app' },
      { ...refused, code: 'invalid_token', description },
    ])
  })

  it.each(['query', 'body'] as const)('a Bearer token beside a signature in the %s', async (place) => {
    const { protector, verified } = opened()
    const { headers, ...request } = signedWith({ place, method: 'POST' })
    const both = { ...request, headers: { ...headers, authorization: 'Bearer good' } }
    const error = await protector.authenticate(both).catch((error: OAuth1Error) => error)
    expect(error).toMatchObject({ code: 'invalid_request', description: expect.stringContaining('not both') })
    expect(verified).toEqual([])
  })

  it('a Bearer token over plain HTTP, unless that is allowed', async () => {
    const request = withBearer('Bearer good', { url: 'http://api.example.net/photos' })
    await expect(opened().protector.authenticate(request)).rejects.toMatchObject({
      code: 'insecure_transport',
    })
    const { protector } = opened({ insecureTransport: true })
    expect(await protector.authenticate(request)).toMatchObject({ scheme: 'Bearer' })
  })

  it.each([
    ['an unknown token', 'Bearer nobody', undefined, 401, ', error="invalid_token"'],
    [
      'a scope that was not granted',
      'Bearer good',
      'read write',
      403,
      ', error="insufficient_scope", scope="read write"',
    ],
    ['no token at all', 'Basic x', undefined, 401, ''],
  ])('%s with both challenges', async (_, authorization, scope, status, details) => {
    const { protector } = opened({ realm: 'photos' })
    const error = await protector.authenticate(withBearer(authorization), scope).catch((error) => error)
    const { status: sent, headers } = protector.errorResponse(error)
    expect([sent, headers['www-authenticate']]).toEqual([
      status,
      `OAuth realm="photos", Bearer realm="photos"${details}`,
    ])
  })

  it('a wrong signature with both challenges, too', async () => {
    const { protector } = opened()
    const wrong = signedWith({ token: { ...token, oauthTokenSecret: 'wrong' } })
    const error = await protector.authenticate(wrong).catch((error) => error)
    expect(protector.errorResponse(error).headers['www-authenticate']).toBe(
      'OAuth realm="OAuth", Bearer realm="OAuth"',
    )
  })

  it.each([
    ['fails', () => Promise.reject(new Error('The server is down.'))],
    [
      'throws',
      () => {
        throw new Error('Broken.')
      },
    ],
    ['is late', () => new Promise<never>(() => {})],
    ['names no client', () => identities['of-none']],
  ])(
    'everything where verifyBearer %s: that is a failure, and lets no request in',
    async (_, verifyBearer) => {
      const { protector } = opened({ verifyBearer, storeTimeoutSeconds: 0.01 })
      await expect(protector.authenticate(withBearer('Bearer good'))).rejects.toThrow(StoreError)
    },
  )

  it('a configuration without the function, or with an unknown option', () => {
    const { verifyBearer: _, ...rest }: Partial<BearerProtectorOptions> = {}
    expect(() => new BearerProtector(rest as never)).toThrow(ConfigurationError)
    expect(() => opened({ verifyToken: 1 } as never)).toThrow(/verifyToken/)
  })
})
