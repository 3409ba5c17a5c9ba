import { ConfigurationError } from 'countersign'
import { ExchangeError, TokenExchange, xOAuth1TokenType } from 'countersign/bridge'
import { describe, expect, it } from 'vitest'
import { type Changes, parameters, Setting, start, token } from './setting.ts'

describe('a token exchange request', () => {
  it('gets the response of RFC 8693, for the user and the scopes of the token', async () => {
    const { issuer, ask } = bound(new Setting())
    expect(await ask()).toEqual({
      access_token: 'access-1',
      issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      token_type: 'Bearer',
      expires_in: 3600,
      refresh_token: 'refresh-1',
      scope: 'photos.read offline_access',
    })
    const [request] = issuer.requests
    expect(request).toMatchObject({
      subject: 7,
      oauth2ClientId: 'app',
      scopes: ['photos.read', 'offline_access'],
      client: { clientId: 'client' },
      credential: { oauthToken: 'token' },
    })
    expect(JSON.stringify(request)).not.toMatch(/secret/i)
  })

  it('may name the type of token that X documents, or one that was set', async () => {
    const { ask } = bound(new Setting())
    expect(await ask({ subject_token_type: xOAuth1TokenType })).toHaveProperty('access_token')
    const own = bound(new Setting({ subjectTokenTypes: ['urn:example:token'] }))
    expect(await own.ask({ subject_token_type: 'urn:example:token' })).toHaveProperty('access_token')
    await expect(own.ask()).rejects.toMatchObject({ error: 'invalid_request' })
  })

  it('may ask for fewer scopes', async () => {
    const { ask } = bound(new Setting())
    expect(await ask({ subject_token: 'wide', scope: 'photos.write' })).toMatchObject({
      scope: 'photos.write',
    })
  })

  it.each([
    ['more than the user granted', { scope: 'photos.read photos.write' }],
    ['a scope that is in no table', { scope: 'admin' }],
    ['text that is no scope', { scope: 'photos.read\n' }],
    ['quotation marks', { scope: '"photos.read"' }],
    ['anything with a token that stands for nothing', { subject_token: 'without scope' }],
  ])('is refused as invalid_scope, and nothing is issued, where it asks for %s', async (_, changes) => {
    const { ask, issuer } = bound(new Setting())
    await expect(ask(changes)).rejects.toMatchObject({ error: 'invalid_scope', status: 400 })
    expect(issuer.requests).toEqual([])
  })

  it.each([
    ['no subject_token', { subject_token: undefined }, 'invalid_request'],
    ['an empty secret', { oauth_token_secret: '' }, 'invalid_request'],
    ['no type', { subject_token_type: undefined }, 'invalid_request'],
    [
      'a type of another kind',
      { subject_token_type: 'urn:ietf:params:oauth:token-type:jwt' },
      'invalid_request',
    ],
    ['another grant', { grant_type: 'password' }, 'unsupported_grant_type'],
    ['no grant', { grant_type: undefined }, 'invalid_request'],
    ['the token twice', { subject_token: ['token', 'wide'] }, 'invalid_request'],
    ['the same scope twice', { scope: ['photos.read', 'photos.read'] }, 'invalid_request'],
    ['a number for the token', { subject_token: 7 }, 'invalid_request'],
    ['an object for the secret', { oauth_token_secret: { length: 12 } }, 'invalid_request'],
    ['true for the scope', { scope: true }, 'invalid_request'],
    ['a token of 5,000 characters', { subject_token: 'x'.repeat(5_000) }, 'invalid_request'],
    ['a secret of a million characters', { oauth_token_secret: 'x'.repeat(1_000_000) }, 'invalid_request'],
    [
      'the wish for a refresh token alone',
      { requested_token_type: 'urn:ietf:params:oauth:token-type:refresh_token' },
      'invalid_request',
    ],
    ['a resource', { resource: 'https://api.example.com' }, 'invalid_target'],
    ['an audience', { audience: ['a', 'b'] }, 'invalid_target'],
    ['an actor', { actor_token: 'x', actor_token_type: 'y' }, 'invalid_request'],
  ])('is refused where it holds %s', async (_, changes, error) => {
    const { ask, issuer } = bound(new Setting())
    await expect(ask(changes)).rejects.toMatchObject({ error, status: 400 })
    expect(issuer.requests).toEqual([])
  })

  it.each([
    ['a text', 'photos.read photos.write'],
    ['a list with a text of two', ['photos.read photos.write']],
    ['nothing', undefined],
  ])('is a failure where the hook scopesFor returns %s: a part of a scope is none', async (_, scopes) => {
    const { ask, issuer } = bound(new Setting({ hooks: { scopesFor: () => scopes as never } }))
    await expect(ask({ scope: 'photos' })).rejects.toThrow(ConfigurationError)
    expect(issuer.requests).toEqual([])
  })

  it('reads no parameter from the prototype of an object', async () => {
    const { exchange } = new Setting()
    await expect(exchange.exchange('app', Object.create(parameters))).rejects.toThrow('grant_type is missing')
  })
})

describe('a grant', () => {
  const bad: [name: string, changes: Record<string, unknown>, oauth2ClientId: string, refusal: string][] = [
    ['the token is unknown', { subject_token: 'nobody' }, 'app', 'unknown_token'],
    ['the token holds a NUL', { subject_token: 'token\0' }, 'app', 'unknown_token'],
    ['the secret is wrong', { oauth_token_secret: 'token-secreT' }, 'app', 'wrong_secret'],
    ['the secret is a part of it', { oauth_token_secret: 'token' }, 'app', 'wrong_secret'],
    ['the token is one of another client', { subject_token: 'of another' }, 'app', 'unknown_token'],
    ['another OAuth 2 client presents it', {}, 'other-app', 'unknown_token'],
    ['the OAuth 2 client is paired with none', {}, 'stranger', 'client_not_paired'],
    ["the token's client is paired with none", { subject_token: 'unpaired' }, 'app', 'unknown_token'],
    ['the token has ended', { subject_token: 'ended' }, 'app', 'token_ended'],
    ['the token belongs to no user', { subject_token: 'without user' }, 'app', 'token_without_user'],
  ]

  it('is refused with one response whatever is wrong; the listener is told why', async () => {
    const responses = new Set<string>()
    for (const [name, changes, oauth2ClientId, refusal] of bad) {
      const { ask, issuer, events } = bound(new Setting())
      const error = await ask(changes, oauth2ClientId).catch((error: unknown) => error)
      expect([name, error]).toEqual([name, expect.any(ExchangeError)])
      responses.add(JSON.stringify([{ ...(error as object) }, (error as Error).message]))
      expect([name, issuer.requests]).toEqual([name, []])
      expect(events).toMatchObject([{ type: 'exchange_refused', code: 'invalid_grant', refusal }])
      expect(JSON.stringify(events)).not.toMatch(/token-secret|nobody/)
    }
    expect([...responses]).toEqual([expect.stringContaining('invalid_grant')])
  })

  it('is refused once the token was revoked', async () => {
    const { ask, store } = bound(new Setting())
    await ask()
    await store.revokeToken('client', 'token')
    await expect(ask()).rejects.toMatchObject({ error: 'invalid_grant' })
  })

  it('is refused where the token went unused for longer than the policy allows', async () => {
    const policy = { tokenIdleSeconds: 60 }
    const idle = { ...token, lastUsedAt: start - 61 }
    const setting = new Setting({
      hooks: { queryClient: (clientId) => ({ clientId, policy }), queryToken: () => idle },
    })
    await expect(setting.ask()).rejects.toMatchObject({ error: 'invalid_grant' })
  })

  it('is refused where the stored policy of the client cannot be meant, and the operator is told', async () => {
    const policy = { profile: 'there is none' }
    const setting = new Setting({ hooks: { queryClient: (clientId) => ({ clientId, policy }) } })
    await expect(setting.ask()).rejects.toMatchObject({ error: 'invalid_grant' })
    expect(setting.events.map(({ type }) => type)).toEqual(['fault', 'exchange_refused'])
  })

  it('is found among several OAuth 1.0 clients of one OAuth 2 client', async () => {
    const setting = new Setting({ hooks: { clientsPairedWith: () => ['other', 'client'] } })
    expect(await setting.ask()).toHaveProperty('access_token')
    expect(await setting.ask({ subject_token: 'of another' })).toHaveProperty('access_token')
  })

  it('is asked of other hooks than the pair of look-ups where one of these was replaced', async () => {
    const { store } = new Setting()
    const both = Object.assign(() => ({}), { standsFor: { queryToken: store.queryToken } })
    const replaced = { queryClientAndToken: both, queryToken: () => undefined }
    await expect(new Setting({ hooks: replaced }).ask()).rejects.toMatchObject({ error: 'invalid_grant' })
  })
})

describe('an exchange', () => {
  it('is an event that holds neither token nor secret', async () => {
    const { ask, events } = bound(new Setting())
    await ask()
    expect(events).toEqual([
      {
        type: 'exchanged',
        shape: 'token_request',
        clientId: 'client',
        oauth2ClientId: 'app',
        userId: 7,
        scope: 'photos.read offline_access',
      },
    ])
  })

  it('leaves the OAuth 1.0 token as it is', async () => {
    const { ask, store } = bound(new Setting())
    await ask()
    expect(await store.queryToken('client', 'token')).toEqual(token)
  })

  it('revokes the OAuth 1.0 token at once, if so set', async () => {
    const { ask, store, events } = bound(new Setting({ oauth1Token: 'revoke' }))
    await ask()
    expect(await store.queryToken('client', 'token')).toBeUndefined()
    expect(events.map(({ type }) => type)).toEqual(['revoked', 'exchanged'])
  })

  it('ends the OAuth 1.0 token after a time, if so set, and a second exchange does not put that off', async () => {
    const setting = new Setting({ oauth1Token: { endsAfterSeconds: 60 } })
    await setting.ask()
    setting.now += 30
    await setting.ask()
    expect(await setting.store.queryToken('client', 'token')).toMatchObject({ expiresAt: start + 60 })
    setting.now += 30
    await expect(setting.ask()).rejects.toMatchObject({ error: 'invalid_grant' })
  })

  it('keeps earlier tokens, if so set, and then needs no record of them', async () => {
    const { ask, issuer } = bound(new Setting({ earlierTokens: 'keep', hooks: withoutRecord }))
    await ask()
    await ask()
    expect(issuer.valid).toEqual(['access-1', 'refresh-1', 'access-2', 'refresh-2'])
  })

  it('is limited in number for each OAuth 2 client, and counts refusals too', async () => {
    const setting = new Setting({ attemptsPerMinute: 2 })
    await setting.ask()
    await expect(setting.ask({ oauth_token_secret: 'wrong' })).rejects.toMatchObject({ status: 400 })
    await expect(setting.ask()).rejects.toMatchObject({ error: 'rate_limited', status: 429 })
    expect(await setting.ask({ subject_token: 'of another' }, 'other-app')).toHaveProperty('access_token')
    setting.now += 61
    expect(await setting.ask()).toHaveProperty('access_token')
  })

  it('is limited by a hook where there is one', async () => {
    const { ask } = bound(new Setting({ hooks: { takeAttempt: async (id) => id !== 'app' } }))
    await expect(ask()).rejects.toMatchObject({ error: 'rate_limited' })
  })
})

describe('a wrong configuration is refused at once', () => {
  const options = () => {
    const { store, issuer, protector } = new Setting()
    const hooks = {
      ...store,
      ...issuer.hooks,
      pairedClient: () => undefined,
      clientsPairedWith: () => [],
      scopesFor: () => [],
    }
    return { hooks, protector }
  }

  it.each<[name: string, changes: object, message: RegExp]>([
    ['an unknown option', { attempts: 5 }, /no option "attempts"/],
    ['a number for a policy', { oauth1Token: 60 }, /oauth1Token must be/],
    ['a wrong field of a policy', { oauth1Token: { afterSeconds: 60 } }, /oauth1Token has no option/],
    ['no protector', { protector: undefined }, /needs the option protector/],
    ['a hook that is missing', { hooks: { ...options().hooks, scopesFor: undefined } }, /scopesFor/],
    [
      'no record of what was exchanged',
      { hooks: { ...options().hooks, ...withoutRecordHooks() } },
      /queryTokenGrants/,
    ],
  ])('%s', (_, changes, message) => {
    expect(() => new TokenExchange({ ...options(), ...changes })).toThrow(ConfigurationError)
    expect(() => new TokenExchange({ ...options(), ...changes })).toThrow(message)
  })
})

const withoutRecord: NonNullable<Changes['hooks']> = withoutRecordHooks()

function withoutRecordHooks(): object {
  return { queryTokenGrants: undefined, writeTokenGrants: undefined, revokeTokens: undefined }
}

/** A setting whose functions can be taken out of it. */
function bound(setting: Setting) {
  const { issuer, events, store } = setting
  return { issuer, events, store, ask: setting.ask.bind(setting) }
}
