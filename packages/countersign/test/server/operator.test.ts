import { AuthorizationServer, ConfigurationError, OAuth1Error, type OAuth1Event } from 'countersign'
import { describe, expect, it } from 'vitest'
import { Provider, token } from './provider.ts'

/** A provider and what its listener was told. */
function heard(changes: ConstructorParameters<typeof Provider>[0] = {}) {
  const events: OAuth1Event[] = []
  const provider = new Provider({
    ...changes,
    server: { ...changes.server, on: (event) => void events.push(event) },
  })
  return { provider, events }
}

describe('a token without the flow', () => {
  it.each<[name: string, asked: Parameters<AuthorizationServer['issueToken']>[0], stored: object]>([
    ['for a client alone', { clientId: 'client' }, { clientId: 'client' }],
    [
      'for a user, with a scope',
      { clientId: 'client', userId: 7, scope: 'read' },
      { clientId: 'client', userId: 7, scope: 'read' },
    ],
    [
      'for a user whose id is 0, with an empty scope',
      { clientId: 'client', userId: 0, scope: '' },
      { clientId: 'client', userId: 0 },
    ],
    [
      'with fields that are undefined',
      { clientId: 'client', userId: undefined, scope: undefined },
      { clientId: 'client' },
    ],
  ])('%s', async (_name, asked, stored) => {
    const { provider, events } = heard({ server: { tokenLength: 10, tokenSecretLength: 12 } })
    const issued = await provider.server.issueToken(asked)
    expect(issued).toStrictEqual({
      ...stored,
      oauthToken: expect.stringMatching(/^[\w-]{10}$/),
      oauthTokenSecret: expect.stringMatching(/^[\w-]{12}$/),
    })
    expect(await provider.hooks.queryToken('client', issued.oauthToken)).toEqual(issued)
    expect(events).toEqual([
      { type: 'issued', credential: 'token', clientId: 'client', userId: asked.userId, scope: asked.scope },
    ])
    await expect(provider.protector.authenticate(provider.read({ token: issued }))).resolves.toBeTruthy()
  })

  it('has the end and the credential that it is given', async () => {
    const { provider } = heard()
    const credential = { oauthToken: 'brought', oauthTokenSecret: 'along' }
    const expiresAt = Math.floor(Date.now() / 1000) + 3_600
    const issued = await provider.server.issueToken({ clientId: 'client', expiresAt, credential })
    expect(issued).toStrictEqual({ clientId: 'client', expiresAt, ...credential })
    await expect(provider.protector.authenticate(provider.read({ token: issued }))).resolves.toBeTruthy()
  })

  it.each([
    ['a token without a secret', { credential: { oauthToken: 't' } }, 'credential must be an object with'],
    ['an empty token', { credential: { oauthToken: '', oauthTokenSecret: 's' } }, 'credential must be'],
    ['an end that is no number', { expiresAt: '1' }, 'expiresAt must be a whole number'],
  ])('is refused with %s', async (_, given, why) => {
    const { provider } = heard()
    const issued = provider.server.issueToken({ clientId: 'client', ...given } as never)
    await expect(issued).rejects.toThrow(why)
  })

  it('is what the store made of it', async () => {
    const provider = new Provider({
      hooks: () => ({ createTokenCredential: (credential) => ({ ...credential, label: 'mine' }) }),
    })
    expect(await provider.server.issueToken({ clientId: 'client' })).toMatchObject({ label: 'mine' })
  })
})

it('tokens are listed as the store lists them', async () => {
  const { server } = new Provider({ tokens: [token, { ...token, oauthToken: 'other', userId: 8 }] })
  expect(await server.listTokens({ userId: 8 })).toEqual([{ ...token, oauthToken: 'other', userId: 8 }])
  expect(await server.listTokens({ clientId: 'client' })).toHaveLength(2)
  expect(await server.listTokens({ clientId: 'nobody' })).toEqual([])
})

it.each([
  ['userId', { userId: undefined }],
  ['userId', { clientId: 'client', userId: undefined }],
  ['clientId', { clientId: undefined, userId: 7 }],
])('no tokens are listed with %s undefined, which would match those of all', async (name, filter) => {
  const { server } = new Provider({ tokens: [token] })
  const listed = server.listTokens(filter as never)
  await expect(listed).rejects.toThrow(`listTokens: ${name} is undefined`)
  await expect(listed).rejects.toThrow(ConfigurationError)
})

it('a token is revoked once', async () => {
  const { provider, events } = heard()
  expect(await provider.server.revokeToken('other', 'token')).toBe(false)
  expect(await provider.server.revokeToken('client', 'token')).toBe(true)
  expect(await provider.server.revokeToken('client', 'token')).toBe(false)
  expect(events).toEqual([{ type: 'revoked', clientId: 'client' }])
  await expect(provider.protector.authenticate(provider.read())).rejects.toMatchObject({
    code: 'invalid_signature',
  })
})

it.each([
  ['revokeToken', (server: AuthorizationServer) => server.revokeToken('client', 'token')],
  ['listTokens', (server: AuthorizationServer) => server.listTokens({})],
])('without the hook %s its method says what is missing', async (name, call) => {
  const { revokeToken: _, listTokens: __, ...hooks } = new Provider().hooks
  const server = new AuthorizationServer({ hooks })
  await expect(call(server)).rejects.toThrow(ConfigurationError)
  await expect(call(server)).rejects.toThrow(`AuthorizationServer has no hook for:\n  ${name}: `)
})

describe('a refusal in the form that Accept asks for', () => {
  const { server } = new Provider({ server: { realm: 'Photos' } })
  it.each<[accept: string | string[] | undefined, type: string]>([
    [undefined, 'application/x-www-form-urlencoded'],
    ['application/json', 'application/json'],
    [['application/json'], 'application/json'],
    [['image/png', 'application/json;q=0.5'], 'application/json'],
    [['application/json;q=0.5', 'application/x-www-form-urlencoded'], 'application/x-www-form-urlencoded'],
    [[], 'application/x-www-form-urlencoded'],
  ])('%j', (accept, type) => {
    const refused = server.errorResponse(new OAuth1Error('invalid_signature', 'No.'), { headers: { accept } })
    expect(refused).toMatchObject({
      status: 401,
      headers: { 'content-type': type, 'www-authenticate': 'OAuth realm="Photos"' },
    })
    expect(refused.headers).not.toHaveProperty('allow')
  })

  it('of a verb that is not allowed names the one that is', () => {
    const refused = server.errorResponse(new OAuth1Error('method_not_allowed', 'No.'), { headers: {} })
    expect(refused).toMatchObject({ status: 405, headers: { allow: 'POST' } })
  })

  it('is also what an endpoint of the server writes', () => {
    const error = new OAuth1Error('invalid_signature', 'No.')
    const request = { headers: { accept: 'application/json' } }
    for (const endpoint of [server.initiate, server.token])
      expect(endpoint.errorResponse(error, request)).toEqual(server.errorResponse(error, request))
  })
})

it('an endpoint responds as the method of its server does', async () => {
  const { provider, events } = heard()
  const http = { method: 'GET', url: 'https://photos.example.net/', headers: {} }
  for (const endpoint of [provider.server.initiate, provider.server.token])
    expect((await endpoint.handle(http)).status).toBe(405)
  expect(events).toEqual(
    ['initiate', 'token'].map((endpoint) => ({
      type: 'refused',
      endpoint,
      code: 'method_not_allowed',
      description: 'This endpoint takes POST only.',
    })),
  )
})

it('a server tells what a client may do: its own policy over its profile over the options', () => {
  const options = { twoLegged: true, profiles: { old: { places: ['query'], bodyHash: 'ignored' } } } as const
  const { server, protector } = new Provider({ server: options, protector: options })
  const policy = { profile: 'old', bodyHash: 'required' } as const
  for (const one of [server, protector]) {
    expect(one.policyOf({ policy })).toMatchObject({
      twoLegged: true,
      places: ['query'],
      bodyHash: 'required',
      timestampWindowSeconds: 300,
    })
    expect(one.policyOf({})).toMatchObject({ twoLegged: true, bodyHash: 'verified' })
    expect(() => one.policyOf({ policy: { profile: 'new' } })).toThrow('names the profile new, which is not')
  }
})
