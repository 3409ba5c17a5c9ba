import {
  type ClientPolicy,
  ConfigurationError,
  type Hooks,
  type HttpResponse,
  OAuth1Error,
  type OAuth1Event,
  type TokenUse,
} from 'countersign'
import { describe, expect, it } from 'vitest'
import { api, client, credentials, errorOf, type Pair, Provider, start } from './provider.ts'

function providerWith(policy: ClientPolicy, uses: TokenUse[] = [], more: Partial<Hooks> = {}): Provider {
  return new Provider({
    clients: [{ ...client, policy }],
    hooks: (hooks) => ({
      recordTokenUse(use) {
        uses.push(use)
        return hooks.recordTokenUse?.(use)
      },
      ...more,
    }),
  })
}

async function issued(provider: Provider): Promise<{ token: Pair; body: URLSearchParams }> {
  const { temporary, verifier } = await provider.approved()
  const response = await provider.exchange(temporary, verifier)
  return { token: credentials(response), body: new URLSearchParams(response.body) }
}

async function verdict(provider: Provider, token: Pair): Promise<string> {
  try {
    await provider.protector.authenticate(provider.read({ token }))
    return 'accepted'
  } catch (error) {
    if (error instanceof OAuth1Error) return `${error.code}, ${error.problem?.name}`
    throw error
  }
}

function own(provider: Provider, name: 'revoke' | 'renew', token: Pair) {
  return provider.server[name].handle(provider.sign({ method: 'POST', url: `${api}/${name}`, token }))
}

describe('a token with an end', () => {
  it('says when it ends, and is refused from then on', async () => {
    const provider = providerWith({ tokenLifetimeSeconds: 3_600 })
    const { token, body } = await issued(provider)
    expect(body.get('oauth_expires_in')).toBe('3600')
    provider.now = start + 3_599
    expect(await verdict(provider, token)).toBe('accepted')
    provider.now = start + 3_600
    expect(await verdict(provider, token)).toBe('invalid_token, token_expired')
    expect(errorOf(await own(provider, 'renew', token))).toBe('invalid_token')
  })

  it('never has less than no time left, though it ends while its renewal is written', async () => {
    const provider: Provider = providerWith({ tokenLifetimeSeconds: 3_600, tokenIdleSeconds: 1_000 }, [], {
      recordTokenUse: () => {
        provider.now = start + 3_603
      },
    })
    const { token } = await issued(provider)
    provider.now = start + 3_599
    const { body } = await own(provider, 'renew', token)
    expect(new URLSearchParams(body).get('oauth_expires_in')).toBe('0')
  })

  it('has none unless the policy says so', async () => {
    const provider = providerWith({})
    const { token, body } = await issued(provider)
    expect([...body.keys()]).toEqual(['oauth_token', 'oauth_token_secret'])
    provider.now = start + 1_000_000_000
    expect(await verdict(provider, token)).toBe('accepted')
  })

  it.each([
    ['a word', 'soon'],
    ['a Date', new Date('2100-01-01')],
    ['NaN', Number.NaN],
  ])('that is %s has come, and the operator is told', async (_what, expiresAt) => {
    const events: OAuth1Event[] = []
    const provider = new Provider({
      tokens: [{ clientId: 'client', oauthToken: 't', oauthTokenSecret: 's', expiresAt: expiresAt as never }],
      protector: { on: (event) => events.push(event) },
    })
    const token = { oauthToken: 't', oauthTokenSecret: 's' }
    expect(await verdict(provider, token)).toBe('invalid_token, token_expired')
    const faults = events.filter(({ type }) => type === 'fault')
    expect(faults.length).toBe(typeof expiresAt === 'number' ? 0 : 1)
  })

  it('tells a stranger nothing', async () => {
    const provider = providerWith({ tokenLifetimeSeconds: 1 })
    const { token } = await issued(provider)
    provider.now = start + 10
    const guessed = { ...token, oauthTokenSecret: 'guessed' }
    expect(await verdict(provider, guessed)).toBe('invalid_signature, undefined')
  })
})

describe('a token that goes unused', () => {
  const idle = { tokenIdleSeconds: 1_000 }

  it('is refused after the idle limit, and lives on where it is used', async () => {
    const provider = providerWith(idle)
    const { token } = await issued(provider)
    for (let use = 1; use <= 5; use++) {
      provider.now = start + use * 900
      expect(await verdict(provider, token)).toBe('accepted')
    }
    provider.now += 1_000
    expect(await verdict(provider, token)).toBe('accepted')
    provider.now += 1_001
    expect(await verdict(provider, token)).toBe('invalid_token, token_expired')
  })

  it('is renewed by the client, and by no stranger', async () => {
    const provider = providerWith(idle)
    const { token } = await issued(provider)
    provider.now = start + 5_000
    const stranger = await own(provider, 'renew', { ...token, oauthTokenSecret: 'guessed' })
    expect(errorOf(stranger)).toBe('invalid_signature')
    expect(await verdict(provider, token)).toBe('invalid_token, token_expired')
    const response = await own(provider, 'renew', token)
    expect([response.status, response.body]).toEqual([200, `oauth_token=${token.oauthToken}`])
    expect(await verdict(provider, token)).toBe('accepted')
  })

  it.each([
    ['a Date', new Date((start - 10) * 1_000)],
    ['a word', 'yesterday'],
    ['NaN', Number.NaN],
  ])('is idle where its last use is %s, and the operator is told', async (_what, lastUsedAt) => {
    const faults: unknown[] = []
    const provider = new Provider({
      clients: [{ ...client, policy: idle }],
      tokens: [
        { clientId: 'client', oauthToken: 't', oauthTokenSecret: 's', lastUsedAt: lastUsedAt as never },
      ],
      protector: { on: (event) => void (event.type === 'fault' && faults.push(event.error.message)) },
    })
    const token = { oauthToken: 't', oauthTokenSecret: 's' }
    expect(await verdict(provider, token)).toBe('invalid_token, token_expired')
    const expected = ['The lastUsedAt of a token is no number of seconds.']
    expect(faults).toEqual(typeof lastUsedAt === 'number' ? [] : expected)
  })

  it('costs one write for many requests', async () => {
    const uses: TokenUse[] = []
    const provider = providerWith(idle, uses)
    const { token } = await issued(provider)
    for (let second = 0; second < 1_000; second += 10) {
      provider.now = start + second
      expect(await verdict(provider, token)).toBe('accepted')
    }
    expect(uses.length).toBe(9)
  })

  it('is not kept alive by requests that are refused', async () => {
    const uses: TokenUse[] = []
    const provider = providerWith(idle, uses)
    const { token } = await issued(provider)
    provider.now = start + 500
    await expect(provider.protector.authenticate(provider.read({ token }), 'admin')).rejects.toThrow()
    expect(uses).toEqual([])
  })

  it('begins with the first use where it was issued before there was a limit', async () => {
    const uses: TokenUse[] = []
    const provider = providerWith(idle, uses)
    const token = { oauthToken: 'token', oauthTokenSecret: 'token-secret' }
    provider.now = start + 1_000_000
    expect(await verdict(provider, token)).toBe('accepted')
    expect(uses).toEqual([{ clientId: 'client', oauthToken: 'token', lastUsedAt: start + 1_000_000 }])
    provider.now += 1_001
    expect(await verdict(provider, token)).toBe('invalid_token, token_expired')
  })

  it('needs a store that can write it', async () => {
    const provider = providerWith(idle, [], { recordTokenUse: undefined as never })
    const { token } = await issued(provider)
    provider.now = start + 500
    await expect(verdict(provider, token)).rejects.toThrow(ConfigurationError)
  })
})

describe('a second approval of the same client by the same user', () => {
  it.each<[policy: ClientPolicy, alive: string[]]>([
    [{}, ['accepted', 'accepted']],
    [{ repeatedApproval: 'replace' }, ['invalid_signature, undefined', 'accepted']],
    [{ repeatedApproval: 'reuse' }, ['accepted', 'accepted']],
  ])('under %o leaves %o', async (policy, alive) => {
    const provider = providerWith(policy)
    await provider.hooks.revokeToken('client', 'token')
    const [first, second] = [(await issued(provider)).token, (await issued(provider)).token]
    expect([await verdict(provider, first), await verdict(provider, second)]).toEqual(alive)
    expect(second.oauthToken === first.oauthToken).toBe(policy.repeatedApproval === 'reuse')
    expect(second.oauthTokenSecret === first.oauthTokenSecret).toBe(policy.repeatedApproval === 'reuse')
  })

  it('asks the store for no token that has ended, however many there are', async () => {
    const asked: string[] = []
    const ended = Array.from({ length: 50 }, (_, n) => ({
      ...{ clientId: 'client', oauthToken: `ended-${n}`, oauthTokenSecret: 's', userId: 7 },
      expiresAt: start - n,
    }))
    const provider = new Provider({
      clients: [{ ...client, policy: { repeatedApproval: 'reuse' } }],
      tokens: [{ clientId: 'client', oauthToken: 'alive', oauthTokenSecret: 's', userId: 7 }, ...ended],
      hooks: (hooks) => ({
        queryToken(clientId, oauthToken) {
          asked.push(oauthToken)
          return hooks.queryToken(clientId, oauthToken)
        },
      }),
    })
    expect((await issued(provider)).token.oauthToken).toBe('alive')
    expect(asked).toEqual(['alive'])
  })

  it('tells the listener each time that a client is given a token', async () => {
    const events: string[] = []
    const provider = new Provider({
      clients: [{ ...client, policy: { repeatedApproval: 'reuse' } }],
      server: { on: (event) => events.push(event.type === 'issued' ? event.credential : '') },
    })
    await issued(provider)
    await issued(provider)
    expect(events.filter((credential) => credential === 'token')).toHaveLength(2)
  })

  it('spends the temporary credential where it reuses a token, too', async () => {
    const provider = providerWith({ repeatedApproval: 'reuse' })
    await issued(provider)
    const { temporary, verifier } = await provider.approved()
    const responses = await Promise.all([
      provider.exchange(temporary, verifier),
      provider.exchange(temporary, verifier),
    ])
    expect(responses.map(({ status }) => status).sort()).toEqual([200, 401])
  })

  it('reuses no token of an exchange that is still under way, and may come to nothing', async () => {
    let [isStored, spend] = [() => {}, () => {}]
    const stored = new Promise<void>((resolve) => {
      isStored = resolve
    })
    const spending = new Promise<void>((resolve) => {
      spend = resolve
    })
    let calls = 0
    const provider = new Provider({
      clients: [{ ...client, policy: { repeatedApproval: 'reuse' } }],
      tokens: [],
      hooks: (hooks) => ({
        exchangeTemporaryCredential: undefined as never,
        async createTokenCredential(token) {
          const row = await hooks.createTokenCredential(token)
          isStored()
          return row
        },
        async consumeTemporaryCredential(oauthToken) {
          if (calls++ === 0) await spending
          return hooks.consumeTemporaryCredential(oauthToken)
        },
      }),
    })
    const { temporary, verifier } = await provider.approved()
    const first = provider.exchange(temporary, verifier)
    await stored
    const second = await provider.exchange(temporary, verifier)
    spend()
    const won = [await first, second].filter(({ status }) => status === 200)
    expect(won.length).toBe(1)
    expect(await verdict(provider, credentials(won[0] as HttpResponse))).toBe('accepted')
  })

  it('issues a new token where the scope differs, or the earlier one has ended', async () => {
    const provider = providerWith({ repeatedApproval: 'reuse', tokenLifetimeSeconds: 100 })
    const { token } = await issued(provider)
    const { temporary } = await provider.approved()
    const scoped = await provider.temporary()
    await provider.server.decideAuthorization(scoped.oauthToken, { id: 7 }, { scope: 'read' })
    const stored = await provider.hooks.getTemporaryCredential(scoped.oauthToken)
    const other = credentials(await provider.exchange(scoped, stored?.oauthVerifier ?? ''))
    expect(other.oauthToken).not.toBe(token.oauthToken)
    // The first approval still stands.
    expect(await verdict(provider, token)).toBe('accepted')
    provider.now = start + 100
    const unscoped = await provider.hooks.getTemporaryCredential(temporary.oauthToken)
    const later = credentials(await provider.exchange(temporary, unscoped?.oauthVerifier ?? ''))
    expect(later.oauthToken).not.toBe(token.oauthToken)
    expect(await verdict(provider, later)).toBe('accepted')
  })

  it.each<[policy: 'replace' | 'reuse', kept: string[]]>([
    ['replace', ['José', 'jose ', 'JOSE']],
    ['reuse', ['José', 'jose ', 'JOSE', 'jose']],
  ])('under %s takes no other user for this one, as a collation may', async (repeatedApproval, kept) => {
    const users = ['José', 'jose ', 'jose', 'JOSE']
    const tokens = users.map((userId) => ({
      clientId: 'client',
      oauthToken: `of ${userId}`,
      oauthTokenSecret: 's',
      userId,
    }))
    const provider = new Provider({
      clients: [{ ...client, policy: { repeatedApproval } }],
      tokens,
      hooks: (hooks) => ({ listTokens: ({ clientId }) => hooks.listTokens?.({ clientId }) ?? [] }),
    })
    const temporary = await provider.temporary()
    await provider.server.decideAuthorization(temporary.oauthToken, { id: 'jose' })
    const stored = await provider.hooks.getTemporaryCredential(temporary.oauthToken)
    const got = credentials(await provider.exchange(temporary, stored?.oauthVerifier ?? ''))
    expect(got.oauthToken === 'of jose').toBe(repeatedApproval === 'reuse')
    const alive = await Promise.all(tokens.map((t) => provider.hooks.queryToken('client', t.oauthToken)))
    expect(alive.flatMap((token) => token?.userId ?? []).sort()).toEqual([...kept].sort())
  })

  it('finds a user whose number is a text in the store of tokens', async () => {
    const provider = new Provider({
      clients: [{ ...client, policy: { repeatedApproval: 'reuse' } }],
      tokens: [{ clientId: 'client', oauthToken: 'old', oauthTokenSecret: 's', userId: '7' }],
      hooks: (hooks) => ({ listTokens: ({ clientId }) => hooks.listTokens?.({ clientId }) ?? [] }),
    })
    expect((await issued(provider)).token.oauthToken).toBe('old')
  })

  it.each<[policy: 'replace' | 'reuse', missing: 'listTokens' | 'queryToken' | 'revokeToken']>([
    ['replace', 'listTokens'],
    ['replace', 'revokeToken'],
    ['reuse', 'listTokens'],
    ['reuse', 'queryToken'],
  ])('under %s needs the hook %s, and spends nothing without it', async (repeatedApproval, missing) => {
    const provider = new Provider({
      clients: [{ ...client, policy: { repeatedApproval } }],
      hooks: () => ({ [missing]: undefined }),
    })
    const { temporary, verifier } = await provider.approved()
    await expect(provider.exchange(temporary, verifier)).rejects.toThrow(missing)
    expect(await provider.hooks.getTemporaryCredential(temporary.oauthToken)).toBeTruthy()
  })

  it('is told to the listener where it ends the earlier token', async () => {
    const events: OAuth1Event[] = []
    const provider = new Provider({
      clients: [{ ...client, policy: { repeatedApproval: 'replace' } }],
      server: { on: (event) => events.push(event) },
    })
    await issued(provider)
    expect(events).toContainEqual({ type: 'revoked', clientId: 'client', userId: 7 })
  })

  it('leaves the tokens of other users and clients alone', async () => {
    const provider = new Provider({
      clients: [
        { ...client, policy: { repeatedApproval: 'replace' } },
        { clientId: 'other', clientSecret: 'other-secret' },
      ],
      tokens: [
        { clientId: 'client', oauthToken: 'of-8', oauthTokenSecret: 's', userId: 8 },
        { clientId: 'other', oauthToken: 'of-other', oauthTokenSecret: 's', userId: 7 },
        { clientId: 'client', oauthToken: 'of-none', oauthTokenSecret: 's' },
        { clientId: 'client', oauthToken: 'of-7', oauthTokenSecret: 's', userId: 7 },
      ],
    })
    await issued(provider)
    const left = await Promise.all(
      [
        ['client', 'of-8'],
        ['other', 'of-other'],
        ['client', 'of-none'],
        ['client', 'of-7'],
      ].map(async ([clientId = '', name = '']) => (await provider.hooks.queryToken(clientId, name)) && name),
    )
    expect(left).toEqual(['of-8', 'of-other', 'of-none', undefined])
  })

  it('gives the client its token though the store cannot end the earlier one', async () => {
    const events: string[] = []
    const provider = new Provider({
      clients: [{ ...client, policy: { repeatedApproval: 'replace' } }],
      hooks: () => ({ revokeToken: () => Promise.reject(new Error('down')) }),
      server: { on: (event) => events.push(event.type) },
    })
    expect((await issued(provider)).token.oauthToken).toBeTruthy()
    expect(events).toContain('store_failed')
  })
})

describe('a client ends its own token', () => {
  it('by a signed request', async () => {
    const provider = providerWith({})
    const { token } = await issued(provider)
    expect((await own(provider, 'revoke', { ...token, oauthTokenSecret: 'guessed' })).status).toBe(401)
    expect(await verdict(provider, token)).toBe('accepted')
    const response = await own(provider, 'revoke', token)
    expect([response.status, response.body, response.headers['cache-control']]).toEqual([200, '', 'no-store'])
    expect(await verdict(provider, token)).toBe('invalid_signature, undefined')
    expect((await own(provider, 'revoke', token)).status).toBe(401)
  })

  it('and no token of another client', async () => {
    const provider = new Provider({ clients: [client, { clientId: 'thief', clientSecret: 'own' }] })
    const thief = { clientId: 'thief', clientSecret: 'own' }
    const token = { oauthToken: 'token', oauthTokenSecret: 'token-secret' }
    const http = provider.sign({ method: 'POST', url: `${api}/revoke`, client: thief, token })
    expect((await provider.server.revoke.handle(http)).status).toBe(401)
    expect(await verdict(provider, token)).toBe('accepted')
  })

  it('even when it has ended or gone idle', async () => {
    const provider = providerWith({ tokenIdleSeconds: 10 })
    const { token } = await issued(provider)
    provider.now = start + 100
    expect((await own(provider, 'revoke', token)).status).toBe(200)
  })

  it('is a POST over TLS, with a nonce of its own', async () => {
    const provider = providerWith({})
    const { token } = await issued(provider)
    const get = provider.sign({ method: 'GET', url: `${api}/revoke`, token })
    expect((await provider.server.revoke.handle(get)).status).toBe(405)
    const plain = provider.sign({ method: 'POST', url: 'http://photos.example.net/revoke', token })
    expect(errorOf(await provider.server.revoke.handle(plain))).toBe('insecure_transport')
    const renewal = provider.sign({ method: 'POST', url: `${api}/renew`, token })
    expect((await provider.server.renew.handle(renewal)).status).toBe(200)
    expect(errorOf(await provider.server.renew.handle(renewal))).toBe('invalid_nonce')
  })

  it('is told to the listener', async () => {
    const events: unknown[] = []
    const provider = new Provider({ server: { on: (event) => events.push(event) } })
    await own(provider, 'revoke', { oauthToken: 'token', oauthTokenSecret: 'token-secret' })
    expect(events).toEqual([{ type: 'revoked', clientId: 'client', userId: 7 }])
  })
})
