import { type Hooks, RecordError, type TemporaryCredential } from 'countersign'
import { describe, expect, it } from 'vitest'
import { client, consent, errorOf, Provider, start } from './provider.ts'

/** A provider whose store forgets no temporary credential by itself. */
function keeping(): Provider {
  const kept = new Map<string, TemporaryCredential>()
  return new Provider({
    hooks: () => ({
      createTemporaryCredential: (credential) => void kept.set(credential.oauthToken, credential),
      getTemporaryCredential: (oauthToken) => kept.get(oauthToken),
      createAuthorizationVerifier: (oauthToken, approval) => {
        const credential = kept.get(oauthToken)
        if (credential) kept.set(oauthToken, { ...credential, ...approval })
        return credential !== undefined
      },
      consumeTemporaryCredential: (oauthToken) => kept.delete(oauthToken),
    }),
  })
}

describe('a temporary credential that the store still has after its end', () => {
  it.each([
    [599, 200],
    [600, 401],
    [601, 401],
  ])('after %d s: %i', async (age, status) => {
    const provider = keeping()
    const { temporary, verifier } = await provider.approved()
    provider.now = start + age
    expect((await provider.exchange(temporary, verifier)).status).toBe(status)
  })
})

it('a store that returns another temporary credential than the one asked for shows no one else the consent page', async () => {
  let stored: TemporaryCredential | undefined
  const provider = new Provider({
    hooks: (hooks) => ({
      createTemporaryCredential: (credential) => {
        stored = credential
        return hooks.createTemporaryCredential(credential)
      },
      getTemporaryCredential: () => stored,
    }),
  })
  await provider.temporary()
  await expect(provider.server.checkAuthorizationRequest(consent('another'))).rejects.toMatchObject({
    reason: 'unknown',
  })
})

it('a store that knows neither client nor token may return nothing at all', async () => {
  const provider = new Provider({
    hooks: ({ queryClient, queryToken }) =>
      ({
        queryClientAndToken: Object.assign(() => undefined, { standsFor: { queryClient, queryToken } }),
      }) as unknown as Partial<Hooks>,
  })
  await expect(provider.protector.authenticate(provider.read())).rejects.toMatchObject({
    code: 'invalid_signature',
  })
})

describe('a row that cannot be used is as good as none, and told to the operator by its client', () => {
  function faulty(hook: 'queryClient' | 'getTemporaryCredential', owner = 'client') {
    const faults: string[] = []
    let fails = false
    const provider = new Provider({
      hooks: (hooks) => ({
        [hook]: (id: string) => {
          if (fails) throw new RecordError(owner, 'Unreadable.')
          return hooks[hook](id)
        },
      }),
      server: { on: (event) => void (event.type === 'fault' && faults.push(event.clientId)) },
    })
    return { provider, faults, fail: () => (fails = true) }
  }

  it.each(['queryClient', 'getTemporaryCredential'] as const)('%s at the token endpoint', async (hook) => {
    const { provider, faults, fail } = faulty(hook)
    const { temporary, verifier } = await provider.approved()
    fail()
    const response = await provider.exchange(temporary, verifier)
    expect([response.status, errorOf(response)]).toEqual([401, 'invalid_signature'])
    expect(faults).toEqual([client.clientId])
  })

  it.each(['queryClient', 'getTemporaryCredential'] as const)('%s at the consent page', async (hook) => {
    const { provider, faults, fail } = faulty(hook, 'owner')
    const { oauthToken } = await provider.temporary()
    fail()
    await expect(provider.server.checkAuthorizationRequest(consent(oauthToken))).rejects.toMatchObject({
      reason: 'unknown',
    })
    expect(faults).toEqual(['owner'])
  })

  it.each([
    ['oauthTokenSecret', 'The oauthTokenSecret of a temporary credential is no text.'],
    ['oauthCallback', 'The oauthCallback of a temporary credential is no text.'],
    ['expiresAt', 'The expiresAt of a temporary credential is no number.'],
  ])('a temporary credential whose %s is of another kind', async (field, message) => {
    const faults: string[] = []
    const provider = new Provider({
      hooks: (hooks) => ({
        getTemporaryCredential: async (oauthToken) =>
          ({ ...(await hooks.getTemporaryCredential(oauthToken)), [field]: null }) as never,
      }),
      server: { on: (event) => void (event.type === 'fault' && faults.push(event.error.message)) },
    })
    const { oauthToken } = await provider.temporary()
    await expect(provider.server.checkAuthorizationRequest(consent(oauthToken))).rejects.toThrow()
    expect(faults).toEqual([message])
  })
})

describe('what the token endpoint refuses says why', () => {
  const said = ({ status, body }: { status: number; body: string }) => [
    status,
    ...new URLSearchParams(body).values(),
  ]

  it('a credential that was not approved', async () => {
    const provider = new Provider()
    expect(said(await provider.exchange(await provider.temporary(), 'guess'))).toEqual([
      401,
      'invalid_token',
      'The resource owner has not approved this temporary credential yet.',
    ])
  })

  it('another verifier', async () => {
    const provider = new Provider()
    const { temporary } = await provider.approved()
    expect(said(await provider.exchange(temporary, 'guess'))).toEqual([
      401,
      'invalid_token',
      'oauth_verifier is not the one that was given to the resource owner.',
    ])
  })
})

it.each([
  ['', 'oauth_token is missing from the authorization request.'],
  ['?oauth_token=a&oauth_token=b', 'The authorization request names two different oauth_tokens.'],
])('an authorization request with the query "%s" is told so', async (query, description) => {
  const http = { ...consent(''), url: `https://photos.example.net/authorize${query}` }
  await expect(new Provider().server.checkAuthorizationRequest(http)).rejects.toMatchObject({ description })
})
