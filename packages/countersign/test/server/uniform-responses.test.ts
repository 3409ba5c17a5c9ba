import { OAuth1Error, type SymmetricInput, symmetric } from 'countersign'
import { describe, expect, it } from 'vitest'
import type { Unsigned } from '../../../../test/support/signer.ts'
import { rsaSigner, spkiPem } from '../protocol/keys.ts'
import { client, errorOf, Provider } from './provider.ts'

/** What a stranger may try, none of it right. */
const wrong: [string, Partial<Unsigned>][] = [
  ['an unknown client', { client: { clientId: 'nobody', clientSecret: 'secret' } }],
  ['an unknown token', { token: { oauthToken: 'nothing', oauthTokenSecret: 'token-secret' } }],
  [
    'neither known',
    { client: { clientId: 'nobody', clientSecret: '' }, token: { oauthToken: 'no', oauthTokenSecret: '' } },
  ],
  ['a wrong client secret', { client: { clientId: 'client', clientSecret: 'wrong' } }],
  ['a bad signature', { oauth: { oauth_signature: 'AAAA' } }],
  ['a signature that is no base64', { oauth: { oauth_signature: '\u00ff☃' } }],
]

async function refusal(provider: Provider, unsigned: Partial<Unsigned>): Promise<OAuth1Error> {
  const error = await provider.protector.authenticate(provider.read(unsigned)).then(
    () => new Error('accepted'),
    (error: unknown) => error,
  )
  if (error instanceof OAuth1Error) return error
  throw error
}

describe('an unknown client, an unknown token and a wrong signature get one and the same response', () => {
  it.each(['HMAC-SHA1', 'HMAC-SHA512', 'PLAINTEXT', 'RSA-SHA1'])(
    'of a protected resource, under %s',
    async (method) => {
      const provider = new Provider({
        clients: [{ ...client, rsaPublicKey: spkiPem }],
        protector: { supportedSignatureMethods: [method] },
      })
      const responses = await Promise.all(
        wrong.map(async ([, unsigned]) => {
          const oauth = { oauth_signature_method: method, ...unsigned.oauth }
          const sign = method.startsWith('RSA')
            ? { sign: (text: string) => rsaSigner('SHA1')(`${text}x`) }
            : {}
          return provider.protector.errorResponse(await refusal(provider, { ...unsigned, oauth, ...sign }))
        }),
      )
      expect(new Set(responses.map((response) => JSON.stringify(response))).size).toBe(1)
      expect(responses[0]).toMatchObject({
        status: 401,
        headers: { 'www-authenticate': 'OAuth realm="OAuth"' },
      })
    },
  )

  it('of /initiate', async () => {
    const provider = new Provider()
    const unknown = await provider.initiate({}, { client: { clientId: 'nobody', clientSecret: 'secret' } })
    expect(unknown).toEqual(await provider.initiate({ oauth_signature: 'AAAA' }))
    expect(unknown.status).toBe(401)
  })

  it('of /token', async () => {
    const provider = new Provider()
    const { temporary, verifier } = await provider.approved()
    const responses = await Promise.all([
      provider.exchange(temporary, verifier, { client: { clientId: 'nobody', clientSecret: 'secret' } }),
      provider.exchange({ ...temporary, oauthToken: 'nothing' }, verifier),
      provider.exchange({ ...temporary, oauthTokenSecret: 'wrong' }, verifier),
      provider.exchange(temporary, verifier, { oauth: { oauth_signature: 'AAAA' } }),
    ])
    expect(new Set(responses.map((response) => JSON.stringify(response))).size).toBe(1)
  })

  it('and the same work: the method computes with secrets that no client has', async () => {
    const computed: SymmetricInput[] = []
    const provider = new Provider({
      protector: {
        supportedSignatureMethods: ['X'],
        signatureMethods: { X: symmetric((input) => `${computed.push(input)}x`) },
      },
    })
    for (const [, unsigned] of wrong) {
      const oauth = { oauth_signature_method: 'X', oauth_signature: 'AAAA', ...unsigned.oauth }
      await refusal(provider, { ...unsigned, oauth })
    }
    expect(computed).toHaveLength(wrong.length)
    for (const { clientSecret, tokenSecret } of computed) {
      expect(clientSecret === 'secret' || clientSecret.length === 48).toBe(true)
      expect(tokenSecret === 'token-secret' || tokenSecret.length === 48).toBe(true)
    }
    expect(computed[0]?.clientSecret).not.toBe('secret')
    expect(computed[1]?.tokenSecret).not.toBe('token-secret')
  })
})

describe('distinctErrors tells them apart', () => {
  const codes = ['invalid_client', 'invalid_token', 'invalid_client', ...Array(3).fill('invalid_signature')]

  it.each(wrong.map(([name, unsigned], index) => [name, unsigned, codes[index]] as const))(
    '%s',
    async (_name, unsigned, code) => {
      const provider = new Provider({ protector: { distinctErrors: true } })
      expect((await refusal(provider, unsigned)).code).toBe(code)
    },
  )

  it('at /initiate, too', async () => {
    const provider = new Provider({ server: { distinctErrors: true } })
    const nobody = { client: { clientId: 'nobody', clientSecret: 'secret' } }
    expect(errorOf(await provider.initiate({}, nobody))).toBe('invalid_client')
    expect(errorOf(await provider.initiate({ oauth_signature: 'AAAA' }))).toBe('invalid_signature')
  })
})

it('no response holds a secret, a signature or a base string', async () => {
  const provider = new Provider({ protector: { distinctErrors: true } })
  for (const [, unsigned] of wrong) {
    const error = await refusal(provider, unsigned)
    expect(`${error.message}${error.description}`).not.toMatch(/secret|AAAA|GET&|%26/)
  }
})
