import type { ClientPolicy, OAuth1Event } from 'countersign'
import { describe, expect, it } from 'vitest'
import { client, credentials, errorOf, Provider } from './provider.ts'

function providerWith(policy: ClientPolicy = {}, on?: (event: OAuth1Event) => void): Provider {
  return new Provider({ clients: [{ ...client, policy }], server: { ...(on && { on }) } })
}

async function asked(provider: Provider, scope: string, realm = 'r'): Promise<string> {
  const url = `https://photos.example.net/initiate?scope=${encodeURIComponent(scope)}`
  return credentials(await provider.initiate({}, { url, realm })).oauthToken
}

describe('the scope that a client asks for', () => {
  it('is shown, approved, stored, returned and enforced', async () => {
    const provider = providerWith()
    const response = await provider.initiate({}, { form: [['scope', 'photos:read photos:write']] })
    const temporary = credentials(response)
    const { credential } = await provider.server.checkAuthorizationRequest(temporary.oauthToken)
    expect(credential.scope).toBe('photos:read photos:write')
    const decision = await provider.server.decideAuthorization(temporary.oauthToken, { id: 7 })
    if (decision.kind !== 'redirect') throw new Error(decision.kind)
    const verifier = new URL(decision.location).searchParams.get('oauth_verifier') ?? ''
    const exchanged = await provider.exchange(temporary, verifier)
    expect(new URLSearchParams(exchanged.body).get('scope')).toBe('photos:read photos:write')
    const token = credentials(exchanged)
    const signed = () => provider.read({ token })
    await expect(provider.protector.authenticate(signed(), 'photos:write')).resolves.toBeTruthy()
    await expect(provider.protector.authenticate(signed(), 'photos:read admin')).rejects.toMatchObject({
      code: 'insufficient_scope',
      status: 403,
      description: expect.stringContaining('the scope admin,'),
    })
  })

  it.each<[granted: string | undefined, expected: string | null]>([
    [undefined, 'a b c'],
    ['a c', 'a c'],
    ['b', 'b'],
    ['', null],
  ])('is narrowed to %o', async (granted, expected) => {
    const provider = providerWith()
    const oauthToken = await asked(provider, 'a b c')
    const approval = granted === undefined ? {} : { scope: granted }
    await provider.server.decideAuthorization(oauthToken, { id: 7 }, approval)
    const stored = await provider.hooks.getTemporaryCredential(oauthToken)
    const response = await provider.exchange(
      { oauthToken, oauthTokenSecret: stored?.oauthTokenSecret ?? '' },
      stored?.oauthVerifier ?? '',
    )
    expect(new URLSearchParams(response.body).get('scope')).toBe(expected)
    const issued = await provider.hooks.queryToken('client', credentials(response).oauthToken)
    expect(issued?.scope ?? null).toBe(expected)
  })

  it('is never widened', async () => {
    const provider = providerWith()
    const oauthToken = await asked(provider, 'a b')
    const widened = provider.server.decideAuthorization(oauthToken, { id: 7 }, { scope: 'a admin' })
    await expect(widened).rejects.toMatchObject({ code: 'invalid_request' })
    await expect(widened).rejects.toThrow(/grants admin, which the client did not ask for/)
    // Nothing was bound.
    expect((await provider.hooks.getTemporaryCredential(oauthToken))?.oauthVerifier ?? null).toBeNull()
  })

  it('that the approval repeats is told to the listener', async () => {
    const events: OAuth1Event[] = []
    const provider = providerWith({}, (event) => events.push(event))
    await provider.server.decideAuthorization(await asked(provider, 'a'), { id: 7 })
    expect(events).toContainEqual({ type: 'approved', clientId: 'client', userId: 7, scope: 'a' })
  })

  it.each<[what: string, scopes: readonly string[] | 'any', scope: string, expected: string | null]>([
    ['one of its own', ['a', 'b'], 'b', null],
    ['one that is not open to it', ['a', 'b'], 'b c', 'invalid_request'],
    ['any, where none is open', [], 'a', 'invalid_request'],
    ['anything, where all are', 'any', 'x:y/z', null],
    ['text beyond ASCII', 'any', 'é', 'invalid_request'],
    ['a quote', 'any', 'a"', 'invalid_request'],
    ['a line end', 'any', 'a\nb', 'invalid_request'],
    ['too much', 'any', 'a'.repeat(1_001), 'invalid_request'],
    ['spaces alone', 'any', '  ', null],
  ])('%s: %o', async (_what, scopes, scope, expected) => {
    const provider = providerWith({ scopes })
    const response = await provider.initiate({}, { form: [['scope', scope]] })
    expect(errorOf(response)).toBe(expected)
  })

  it('asked for twice is refused', async () => {
    const form = [
      ['scope', 'a'],
      ['scope', 'b'],
    ] as const
    expect(errorOf(await providerWith().initiate({}, { form }))).toBe('invalid_request')
  })

  it('is the realm where the policy says so, and is returned as oauthlib calls it', async () => {
    const provider = providerWith({ realmScope: true })
    const temporary = credentials(await provider.initiate({}, { realm: 'photos' }))
    const { credential } = await provider.server.checkAuthorizationRequest(temporary.oauthToken)
    expect(credential.scope).toBe('photos')
    await provider.server.decideAuthorization(temporary.oauthToken, { id: 7 })
    const stored = await provider.hooks.getTemporaryCredential(temporary.oauthToken)
    const response = await provider.exchange(temporary, stored?.oauthVerifier ?? '')
    expect(new URLSearchParams(response.body).get('oauth_authorized_realms')).toBe('photos')
  })

  it('is not the realm otherwise', async () => {
    const provider = providerWith()
    const oauthToken = credentials(await provider.initiate({}, { realm: 'photos' })).oauthToken
    const { credential } = await provider.server.checkAuthorizationRequest(oauthToken)
    expect(credential.scope ?? null).toBeNull()
  })
})
