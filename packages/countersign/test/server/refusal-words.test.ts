import type { ResourceProtectorOptions } from 'countersign'
import { describe, expect, it } from 'vitest'
import type { Unsigned } from '../../../../test/support/signer.ts'
import { rsaSigner, spkiPem } from '../protocol/keys.ts'
import { client, Provider, token } from './provider.ts'

async function refusalOf(provider: Provider, http: ReturnType<Provider['read']>) {
  const refused = await provider.protector.authenticate(http).catch((error: unknown) => error)
  return refused as { code: string; status: number; description: string }
}

function inUrls(base64: string): string {
  return `-${base64.slice(1).replaceAll('+', '-').replaceAll('/', '_')}`
}

describe('a signature that is not written as base64 is told so, whoever sends it', () => {
  const faults: [name: string, write: (signature: string) => string, words: RegExp][] = [
    ['line breaks', (text) => `${text.slice(0, 10)}\r\n${text.slice(10)}`, /line breaks/],
    ['a line end at its end', (text) => `${text}\n`, /line breaks/],
    ['a plus that became a space', (text) => `a b${text.slice(3)}`, /%2B/],
    ['encoded twice', (text) => `a%2B${text.slice(2)}`, /encoded twice/],
    ['quotes', (text) => `"${text}"`, /quotes/],
    ['the alphabet of URLs', (text) => inUrls(text), /alphabet/],
    ['that alphabet, without padding', (text) => inUrls(text).replace(/=+$/, ''), /alphabet/],
    ['no padding', (text) => text.replace(/=+$/, ''), /lacks the =/],
    ['hexadecimal', (text) => Buffer.from(text, 'base64').subarray(0, 20).toString('hex'), /hexadecimal/],
  ]
  it.each(faults)('%s', async (_name, write, words) => {
    for (const method of ['HMAC-SHA1', 'RSA-SHA1']) {
      const provider = new Provider({
        clients: [{ ...client, rsaPublicKey: spkiPem }],
        protector: { supportedSignatureMethods: [method] },
      })
      const hmac = 'mZ8+xkUq0V1aTnyhEB1fDzwW1nM='
      const signature = write(method === 'HMAC-SHA1' ? hmac : rsaSigner('SHA1')('text'))
      const responses = await Promise.all(
        ['client', 'nobody'].map((clientId) =>
          refusalOf(
            provider,
            provider.read({
              client: { clientId },
              oauth: { oauth_signature_method: method, oauth_signature: signature },
            }),
          ),
        ),
      )
      expect(responses[0]).toMatchObject({ code: 'invalid_signature', status: 401 })
      expect(responses[0]?.description).toMatch(words)
      expect(responses[1]?.description).toBe(responses[0]?.description)
    }
  })

  it('other methods are not asked for base64', async () => {
    const provider = new Provider({ protector: { supportedSignatureMethods: ['PLAINTEXT'] } })
    const oauth = { oauth_signature_method: 'PLAINTEXT', oauth_signature: 'a b\nc' }
    expect((await refusalOf(provider, provider.read({ oauth }))).description).toMatch(/does not match/)
  })
})

describe('a request without OAuth parameters is told what did arrive', () => {
  it.each<[string | undefined, RegExp]>([
    [undefined, /proxies strip the header/],
    ['Bearer abc', /of the scheme Bearer/],
    ['OAuth', /holds none/],
    ['OAuth realm="x"', /holds none/],
    ['c2VjcmV0', /names no scheme/],
  ])('%s', async (authorization, words) => {
    const provider = new Provider()
    const refusal = await refusalOf(provider, { ...provider.read(), headers: { authorization } })
    expect(refusal).toMatchObject({ code: 'missing_credentials', status: 401 })
    expect(refusal.description).toMatch(words)
    expect(refusal.description).not.toMatch(/abc|c2Vj/)
  })
})

describe("the application's own parameters in the Authorization header", () => {
  const oauth = { x_auth_mode: 'client_auth' }

  it('are refused: no handler would see them there', async () => {
    const provider = new Provider()
    const refusal = await refusalOf(provider, provider.read({ oauth }))
    expect(refusal).toMatchObject({ code: 'unsupported_parameter', status: 400 })
    expect(refusal.description).toContain('x_auth_mode')
    const response = await provider.initiate({ ...oauth })
    expect([response.status, response.body]).toEqual([400, expect.stringContaining('x_auth_mode')])
  })

  it('a protocol parameter in another case is told so', async () => {
    const provider = new Provider()
    const refusal = await refusalOf(provider, provider.read({ oauth: { OAuth_Verifier: 'x' } }))
    expect(refusal).toMatchObject({ code: 'unsupported_parameter' })
    expect(refusal.description).toMatch(/OAuth_Verifier.*lower case/)
  })

  it('are signed and handed on where the operator accepts them', async () => {
    const provider = new Provider({ protector: { headerParameters: 'accept' } })
    const http = provider.read({ oauth, url: 'https://api.example.net/photos?a=1' })
    const { request } = await provider.protector.authenticate(http)
    expect(request.parameters).toEqual([
      ['a', '1'],
      ['x_auth_mode', 'client_auth'],
    ])
    expect(request.headerParameters).toEqual([['x_auth_mode', 'client_auth']])
  })

  it('unknown oauth_ parameters stay allowed', async () => {
    const provider = new Provider()
    const http = provider.read({ oauth: { oauth_session_handle: 'x' } })
    await expect(provider.protector.authenticate(http)).resolves.toBeTruthy()
  })

  it.each(['yes', true, ''])('the option must be one of two words: %j', (headerParameters) => {
    expect(() => new Provider({ protector: { headerParameters: headerParameters as 'accept' } })).toThrow(
      /headerParameters must be/,
    )
  })
})

describe('how large a form may be depends on what the server is for', () => {
  const form = (length: number) => [['a', 'x'.repeat(length - 2)]] as const

  it('256 KiB at a protected resource', async () => {
    const provider = new Provider()
    const read = (length: number) => provider.read({ method: 'POST', form: form(length) })
    await expect(provider.protector.authenticate(read(262_144))).resolves.toBeTruthy()
    expect(await refusalOf(provider, read(262_145))).toMatchObject({ code: 'request_too_large' })
  })

  it('64 KiB where credentials are issued', async () => {
    const provider = new Provider()
    expect((await provider.initiate({}, { form: form(65_536) })).status).toBe(200)
    expect((await provider.initiate({}, { form: form(65_537) })).status).toBe(413)
    const larger = new Provider({ server: { limits: { maxBodyLength: 65_537 } } })
    expect((await larger.initiate({}, { form: form(65_537) })).status).toBe(200)
  })
})

describe('a refusal says what is wrong and what is right', () => {
  const stranger = { clientId: 'stranger' }
  const gone = { ...token, oauthToken: 'gone' }
  const long = `x_oauth_${'x'.repeat(100)}`
  const twoMethods = { supportedSignatureMethods: ['HMAC-SHA256', 'PLAINTEXT'] }
  const wrong = { oauth_signature: 'mZ8+xkUq0V1aTnyhEB1fDzwW1nM=' }
  const unclear = 'The signature does not match, or the client or the token is unknown.'
  it.each<[string, ResourceProtectorOptions, Partial<Unsigned>, string]>([
    ['no client', {}, { oauth: { oauth_consumer_key: '' } }, 'oauth_consumer_key is missing or empty.'],
    [
      'no method',
      {},
      { oauth: { oauth_signature_method: '', ...wrong } },
      'oauth_signature_method is missing or empty.',
    ],
    ['no signature', {}, { oauth: { oauth_signature: '' } }, 'oauth_signature is missing or empty.'],
    ['no timestamp', {}, { oauth: { oauth_timestamp: '' } }, 'oauth_timestamp is missing or empty.'],
    ['no nonce', {}, { oauth: { oauth_nonce: '' } }, 'oauth_nonce is missing or empty.'],
    [
      'another method',
      twoMethods,
      {},
      'This oauth_signature_method is not accepted here; use HMAC-SHA256 or PLAINTEXT.',
    ],
    [
      'an unknown method',
      {},
      { oauth: { oauth_signature_method: 'HMAC-MD5', ...wrong } },
      'This oauth_signature_method is not accepted here; use HMAC-SHA1.',
    ],
    [
      'another place',
      { places: ['header', 'body'] },
      { place: 'query' },
      'oauth_ parameters in the query are not accepted here; send them in the header or body.',
    ],
    [
      'a parameter in the header',
      {},
      { oauth: { [long]: 'x' } },
      `The Authorization header holds ${long.slice(0, 100)}; send all but oauth_ parameters in the query or a form.`,
    ],
    [
      'a protocol parameter in another case',
      {},
      { oauth: { [`OAuth_${long}`]: 'x' } },
      `The Authorization header holds ${`OAuth_${long}`.slice(0, 100)}; the names of protocol parameters are in lower case.`,
    ],
    [
      'no token',
      {},
      { token: { oauthToken: '', oauthTokenSecret: '' }, oauth: { oauth_token: undefined } },
      'oauth_token is missing: this resource belongs to a user.',
    ],
    ['a wrong signature', {}, { oauth: wrong }, unclear],
    ['an unknown token', {}, { token: gone }, unclear],
    ['an unknown client, under advice', { advice: true }, { client: stranger, token: gone }, unclear],
    ['a wrong signature, under advice', { advice: true }, { oauth: wrong }, unclear],
    ['an unknown token, under advice', { advice: true }, { token: gone }, unclear],
    [
      'an unknown client, told apart',
      { distinctErrors: true },
      { client: stranger },
      'No client has this oauth_consumer_key.',
    ],
    [
      'an unknown token, told apart',
      { distinctErrors: true },
      { token: gone },
      'This client has no such oauth_token: never issued, expired, spent or revoked.',
    ],
    [
      'a secret over http',
      { supportedSignatureMethods: ['PLAINTEXT'] },
      { url: 'http://photos.example.net/', oauth: { oauth_signature_method: 'PLAINTEXT' } },
      'Secrets travel in this request, so it must come over https. (Behind a proxy, the server must be told its public origin.)',
    ],
    [
      'a secret over http on the own machine',
      { supportedSignatureMethods: ['PLAINTEXT'] },
      { url: 'http://localhost:3000/', oauth: { oauth_signature_method: 'PLAINTEXT' } },
      'Secrets travel in this request, so it must come over https. (On your own machine, set the option insecureTransport on the server, or OAUTH1_INSECURE_TRANSPORT=true if it reads its options with optionsFromEnv. Behind a proxy, the server must be told its public origin.)',
    ],
  ])('%s', async (_name, protector, unsigned, description) => {
    const provider = new Provider({ protector })
    expect((await refusalOf(provider, provider.read(unsigned))).description).toBe(description)
  })
})
