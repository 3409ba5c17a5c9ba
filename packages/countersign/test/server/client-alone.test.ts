import { OAuth1Error } from 'countersign'
import { describe, expect, it } from 'vitest'
import type { Unsigned } from '../../../../test/support/signer.mjs'
import { api, Provider } from './provider.ts'

const alone = { url: `${api}/own` }

async function verdict(provider: Provider, rest: Partial<Unsigned> & { url?: string } = {}): Promise<string> {
  try {
    await provider.protector.authenticateClient(provider.sign({ ...alone, ...rest }))
    return 'accepted'
  } catch (error) {
    if (error instanceof OAuth1Error) return error.code
    throw error
  }
}

describe('a resource of the client itself', () => {
  it.each([true, false])('takes a request signed without a token, under twoLegged: %s', async (twoLegged) => {
    const provider = new Provider({ protector: { twoLegged } })
    const http = provider.sign(alone)
    const { client, credential } = await provider.protector.authenticateClient(http)
    expect([client.clientId, credential]).toEqual(['client', undefined])
    await expect(provider.protector.authenticateClient(http)).rejects.toMatchObject({ code: 'invalid_nonce' })
  })

  it.each<[what: string, rest: Partial<Unsigned>, code: string]>([
    ['an empty token', { oauth: { oauth_token: '' } }, 'accepted'],
    [
      'a token',
      { token: { oauthToken: 'token', oauthTokenSecret: 'token-secret' } },
      'unsupported_parameter',
    ],
    ['a wrong signature', { oauth: { oauth_signature: 'AAAA' } }, 'invalid_signature'],
    ['an unknown client', { client: { clientId: 'x', clientSecret: 'y' } }, 'invalid_signature'],
    ['nothing', { oauth: { oauth_consumer_key: undefined } }, 'missing_required_parameter'],
  ])('and %s: %s', async (_what, rest, code) => {
    expect(await verdict(new Provider(), rest)).toBe(code)
  })

  it('leaves a protected resource to users', async () => {
    const provider = new Provider()
    const tried = provider.protector.authenticate(provider.sign(alone))
    await expect(tried).rejects.toMatchObject({ code: 'missing_required_parameter' })
  })
})
