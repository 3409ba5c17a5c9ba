import { describe, expect, it } from 'vitest'
import { rsaSigner, spkiPem } from '../protocol/keys.ts'
import { client, Provider } from './provider.ts'

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
      const answers = await Promise.all(
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
      expect(answers[0]).toMatchObject({ code: 'invalid_signature', status: 401 })
      expect(answers[0]?.description).toMatch(words)
      expect(answers[1]?.description).toBe(answers[0]?.description)
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
    const answer = await provider.initiate({ ...oauth })
    expect([answer.status, answer.body]).toEqual([400, expect.stringContaining('x_auth_mode')])
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
