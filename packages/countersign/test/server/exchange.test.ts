import { type Hooks, OAuth1Error } from 'countersign'
import { memoryHooks } from 'countersign/memory'
import { describe, expect, it } from 'vitest'
import { credentials, errorOf, Provider } from './provider.ts'

it('a token is issued by the one hook that spends and issues, where the store has it', async () => {
  const { exchangeTemporaryCredential } = memoryHooks()
  const calls: string[] = []
  const provider = new Provider({
    hooks: (hooks) => ({
      exchangeTemporaryCredential: Object.assign(
        ((oauthToken, credential) => {
          calls.push(oauthToken)
          return hooks.exchangeTemporaryCredential?.(oauthToken, credential)
        }) as typeof exchangeTemporaryCredential,
        { standsFor: (hooks.exchangeTemporaryCredential as { standsFor?: object }).standsFor },
      ),
    }),
  })
  const { temporary, verifier } = await provider.approved()
  const { oauthToken } = credentials(await provider.exchange(temporary, verifier))
  expect(calls).toEqual([temporary.oauthToken])
  expect(await provider.hooks.queryToken('client', oauthToken)).toMatchObject({ userId: 7 })
})

it.each(['consumeTemporaryCredential', 'createTokenCredential'] as const)(
  'a %s of the application is asked, and not the one hook of the store that would stand for it',
  async (name) => {
    const asked: string[] = []
    const own = (hooks: Hooks) => (argument: never) => {
      asked.push(name)
      return hooks[name](argument)
    }
    const spread = new Provider({ hooks: (hooks) => ({ [name]: own(hooks) }) })
    const registered = new Provider()
    registered.server.registerHook(name, own(registered.hooks) as never)
    for (const provider of [spread, registered]) {
      const { temporary, verifier } = await provider.approved()
      credentials(await provider.exchange(temporary, verifier))
    }
    expect(asked).toEqual([name, name])
  },
)

it('an approval outlives a token that could not be stored', async () => {
  let fails = true
  const provider = new Provider({
    server: { tokenGenerator: () => ({ oauthToken: fails ? 'token' : 'new', oauthTokenSecret: 's' }) },
  })
  fails = false
  const { temporary, verifier } = await provider.approved()
  fails = true
  await expect(provider.exchange(temporary, verifier)).rejects.toMatchObject({ status: 503 })
  fails = false
  provider.now++
  expect(credentials(await provider.exchange(temporary, verifier)).oauthToken).toBe('new')
})

describe('a store that spends and issues in two steps', () => {
  it.each<[name: string, spent: unknown, hasRevoke: boolean]>([
    ['that another process spent', false, true],
    ['that was not surely spent', 1, true],
    ['that another process spent, without a way to revoke', false, false],
  ])('gives no token for a credential %s, and keeps none', async (_name, spent, hasRevoke) => {
    const created: string[] = []
    const revoked: [string, string][] = []
    const provider = new Provider({
      hooks: () => ({
        consumeTemporaryCredential: () => spent as boolean,
        createTokenCredential: (credential) => {
          created.push(credential.oauthToken)
          return credential
        },
        ...(hasRevoke
          ? { revokeToken: (clientId, oauthToken) => revoked.push([clientId, oauthToken]) > 0 }
          : ({ revokeToken: undefined } as object)),
      }),
    })
    const { temporary, verifier } = await provider.approved()
    const refused = await provider.exchange(temporary, verifier)
    expect([refused.status, errorOf(refused)]).toEqual([401, 'invalid_token'])
    expect(created).toHaveLength(1)
    expect(revoked).toEqual(hasRevoke ? [['client', created[0]]] : [])
    // The client may ask again, and the store decides.
    await provider.exchange(temporary, verifier)
    expect(created).toHaveLength(2)
  })

  it('makes one token of many requests at once', async () => {
    let created = 0
    const provider = new Provider({
      hooks: () => ({
        consumeTemporaryCredential: async () => true,
        createTokenCredential: async (credential) => {
          created++
          return credential
        },
      }),
    })
    const { temporary, verifier } = await provider.approved()
    const responses = await Promise.all([1, 2, 3].map(() => provider.exchange(temporary, verifier)))
    expect(responses.map(({ status }) => status).sort()).toEqual([200, 401, 401])
    expect(created).toBe(1)
  })
})

it('a store that spends and issues in one step, and found the credential spent, gives no token', async () => {
  const provider = new Provider({ hooks: () => ({ exchangeTemporaryCredential: () => undefined }) })
  const { temporary, verifier } = await provider.approved()
  const refused = await provider.exchange(temporary, verifier)
  expect([refused.status, errorOf(refused)]).toEqual([401, 'invalid_token'])
})

it('a missing parameter in a request for a token is named', async () => {
  const provider = new Provider()
  const { temporary, verifier } = await provider.approved()
  const told = async (response: Promise<{ body: string }>) =>
    new URLSearchParams((await response).body).get('error_description')
  expect(await told(provider.exchange({ oauthToken: '', oauthTokenSecret: '' }, verifier))).toBe(
    'oauth_token, the temporary credential, is missing or empty.',
  )
  expect(await told(provider.exchange(temporary, ''))).toBe('oauth_verifier is missing or empty.')
  expect(await told(provider.initiate({ oauth_callback: '' }))).toBe(
    'oauth_callback is missing; send an absolute URI, or "oob".',
  )
})

it('a refusal by a hook of the application is the response of either endpoint', async () => {
  const refuse = () => {
    throw new OAuth1Error('too_many_requests', 'Later.')
  }
  const provider = new Provider({ hooks: () => ({ queryClient: refuse }) })
  const pair = { oauthToken: 't', oauthTokenSecret: 's' }
  for (const response of [await provider.initiate(), await provider.exchange(pair, 'v')])
    expect([response.status, errorOf(response)]).toEqual([429, 'too_many_requests'])
})

it('the end of life counts from whole seconds', async () => {
  const provider = new Provider()
  provider.now += 0.9
  const { oauthToken } = await provider.temporary({ oauth_timestamp: String(Math.floor(provider.now)) })
  const stored = await provider.hooks.getTemporaryCredential(oauthToken)
  expect(stored?.expiresAt).toBe(Math.floor(provider.now) + 600)
})
