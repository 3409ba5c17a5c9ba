import type { Hooks } from 'countersign'
import { describe, expect, it } from 'vitest'
import { errorOf, Provider } from './provider.ts'

/** A provider that writes down which hooks were called. @param left - Hooks that the store does not have. */
function watched(left: readonly string[] = []): { provider: Provider; calls: string[] } {
  const calls: string[] = []
  const provider = new Provider({
    hooks: (hooks) =>
      Object.fromEntries(
        Object.entries(hooks)
          .filter(([name]) => !left.includes(name))
          .map(([name, hook]) => [
            name,
            (...args: never[]) => {
              calls.push(name)
              return (hook as (...args: never[]) => unknown)(...args)
            },
          ]),
      ) as unknown as Hooks,
  })
  return { provider, calls }
}

describe('nothing is looked up for a request that is wrong in itself', () => {
  it.each<[string, Record<string, string | undefined>]>([
    ['a method that does not exist', { oauth_signature_method: 'HMAC-MD5', oauth_signature: 'x' }],
    ['a wrong version', { oauth_version: '2.0' }],
    ['a missing nonce', { oauth_nonce: undefined }],
    ['a timestamp that is none', { oauth_timestamp: 'x' }],
    ['an old timestamp', { oauth_timestamp: '1' }],
    ['a callback that no client may ask for', { oauth_callback: 'javascript://x/%0Aalert(1)' }],
  ])('%s', async (_name, oauth) => {
    const { provider, calls } = watched()
    expect((await provider.initiate(oauth)).status).toBeGreaterThanOrEqual(400)
    expect(calls).toEqual([])
  })
})

describe('the hooks of a request that holds, in their order', () => {
  it('a protected resource: who, then the nonce', async () => {
    const { provider, calls } = watched()
    await provider.protector.authenticate(provider.read())
    expect(calls).toEqual(['queryClient', 'queryToken', 'recordNonce'])
  })

  it('/initiate: the nonce before the credential', async () => {
    const { provider, calls } = watched()
    await provider.initiate()
    expect(calls).toEqual(['queryClient', 'recordNonce', 'createTemporaryCredential'])
  })

  it('/token: the nonce, then the credential is spent and the token made in one', async () => {
    const { provider, calls } = watched()
    const { temporary, verifier } = await provider.approved()
    calls.length = 0
    await provider.exchange(temporary, verifier)
    expect(calls).toEqual([
      'queryClient',
      'getTemporaryCredential',
      'recordNonce',
      'exchangeTemporaryCredential',
    ])
  })

  it('/token without a transaction: the nonce, then the token is stored, then the credential is spent: between the two nothing is lost', async () => {
    const { provider, calls } = watched(['exchangeTemporaryCredential'])
    const { temporary, verifier } = await provider.approved()
    calls.length = 0
    await provider.exchange(temporary, verifier)
    expect(calls).toEqual([
      'queryClient',
      'getTemporaryCredential',
      'recordNonce',
      'createTokenCredential',
      'consumeTemporaryCredential',
    ])
  })
})

describe('nothing is written for a request whose signature does not hold', () => {
  const bad = { oauth_signature: 'AAAA' }

  it('a protected resource', async () => {
    const { provider, calls } = watched()
    await expect(provider.protector.authenticate(provider.read({ oauth: bad }))).rejects.toThrow()
    expect(calls).toEqual(['queryClient', 'queryToken'])
  })

  it('/initiate', async () => {
    const { provider, calls } = watched()
    await provider.initiate(bad)
    expect(calls).toEqual(['queryClient'])
  })

  it('/token', async () => {
    const { provider, calls } = watched()
    const { temporary, verifier } = await provider.approved()
    calls.length = 0
    await provider.exchange(temporary, verifier, { oauth: bad })
    expect(calls).toEqual(['queryClient', 'getTemporaryCredential'])
  })

  it('a callback that is not registered is only told to the client itself', async () => {
    const { provider, calls } = watched()
    const elsewhere = { oauth_callback: 'https://evil.example.com/' }
    expect(errorOf(await provider.initiate({ ...elsewhere, ...bad }))).toBe('invalid_signature')
    expect(errorOf(await provider.initiate(elsewhere))).toBe('invalid_request')
    expect(calls).toEqual(['queryClient', 'queryClient'])
  })
})

it('the token is asked for even where the client is unknown: the same work for every stranger', async () => {
  const { provider, calls } = watched()
  const oauth = { oauth_consumer_key: 'nobody' }
  await expect(provider.protector.authenticate(provider.read({ oauth }))).rejects.toThrow()
  expect(calls).toEqual(['queryClient', 'queryToken'])
})

it('one look-up serves for both where the store has one', async () => {
  const { provider, calls } = watched()
  const { hooks } = provider
  provider.protector.registerHook('queryClientAndToken', async (clientId, oauthToken) => {
    calls.push('queryClientAndToken')
    return { client: await hooks.queryClient('client'), token: await hooks.queryToken(clientId, oauthToken) }
  })
  await provider.protector.authenticate(provider.read())
  expect(calls).toEqual(['queryClientAndToken', 'queryClient', 'queryToken', 'recordNonce'])
  // A row other than the requested one does not count.
  const other = provider.read({ oauth: { oauth_consumer_key: 'CLIENT' } })
  await expect(provider.protector.authenticate(other)).rejects.toMatchObject({ code: 'invalid_signature' })
})
