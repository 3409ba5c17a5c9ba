import { OAuth1Request, percentEncode } from 'countersign/protocol'
import { describe, expect, it } from 'vitest'
import type { Unsigned } from '../../../../test/support/signer.ts'
import { rsaSigner, spkiPem } from '../protocol/keys.ts'
import { api, client, credentials, Provider, start, token } from './provider.ts'

// What real clients do and the RFC leaves open: each test is one thing that a server must bear with or take care of.

function accepts(provider: Provider, unsigned: Partial<Unsigned>): Promise<unknown> {
  return expect(
    provider.protector.authenticate(provider.read(unsigned)),
    JSON.stringify(unsigned),
  ).resolves.toBeTruthy()
}

it('keys, tokens, secrets and verifiers are of A-Za-z0-9-_ only: six client libraries do not encode more', async () => {
  const provider = new Provider()
  for (let i = 0; i < 20; i++) {
    const { temporary, verifier } = await provider.approved()
    const issued = credentials(await provider.exchange(temporary, verifier))
    for (const text of [...Object.values(temporary), ...Object.values(issued), verifier])
      expect(text).toMatch(/^[\w-]+$/)
  }
})

it('token responses are forms of exactly the fields of the RFC, never JSON, whatever Accept says', async () => {
  const provider = new Provider()
  const headers = { accept: 'application/json' }
  const initiate = await provider.initiate({}, { headers })
  expect([...new URLSearchParams(initiate.body).keys()]).toEqual([
    'oauth_token',
    'oauth_token_secret',
    'oauth_callback_confirmed',
  ])
  const { temporary, verifier } = await provider.approved()
  const exchange = await provider.exchange(temporary, verifier, { headers })
  expect([...new URLSearchParams(exchange.body).keys()]).toEqual(['oauth_token', 'oauth_token_secret'])
  for (const { headers } of [initiate, exchange])
    expect(headers['content-type']).toBe('application/x-www-form-urlencoded')
})

describe('what may be absent', () => {
  it('oauth_version', () => accepts(new Provider(), { oauth: { oauth_version: undefined } }))

  it('timestamp and nonce under PLAINTEXT', async () => {
    const provider = new Provider({ protector: { supportedSignatureMethods: ['PLAINTEXT'] } })
    const oauth = { oauth_signature_method: 'PLAINTEXT', oauth_timestamp: undefined, oauth_nonce: undefined }
    await accepts(provider, { oauth })
    await accepts(provider, { oauth })
    expect(provider.nonces).toEqual([])
  })
})

describe('nonces are any text, and compared exactly', () => {
  it.each([
    ['six characters (Postman)', 'a1B2c3'],
    ['one character', 'x'],
    ['43 characters', 'x'.repeat(43)],
    ['thirty digits (oauthlib), not a number', '123456789012345678901234567890'],
    ['a leading hyphen (signpost)', '-123456'],
    ['underscores and dots (php)', '_5f.3b'],
    ['pluses and slashes (Pike)', 'a+b/c=='],
    ['text outside ASCII', 'é☃'],
  ])('%s', async (_name, nonce) => {
    const provider = new Provider()
    await accepts(provider, { oauth: { oauth_nonce: nonce } })
    expect(provider.nonces[0]?.nonce).toBe(nonce)
    const again = provider.protector.authenticate(provider.read({ oauth: { oauth_nonce: nonce } }))
    await expect(again).rejects.toMatchObject({ code: 'invalid_nonce' })
  })

  it('long digits that are one number as floating point are two nonces', async () => {
    const provider = new Provider()
    await accepts(provider, { oauth: { oauth_nonce: '12345678901234567890' } })
    await accepts(provider, { oauth: { oauth_nonce: '12345678901234567891' } })
    await accepts(provider, { oauth: { oauth_nonce: '012345678901234567890' } })
  })
})

describe('unknown oauth_ parameters are signed and otherwise ignored', () => {
  it.each([
    ['oauth_callback_confirmed (authenticate-oauth)', { oauth_callback_confirmed: 'true' }],
    ['oauth_callback on a resource (LTI)', { oauth_callback: 'about:blank' }],
    ['oauth_body_hash on a GET', { oauth_body_hash: '2jmj7l5rSw0yVb/vlWAYkK/YBwk=' }],
    ['oauth_session_handle', { oauth_session_handle: 'x' }],
  ])('%s', async (_name, oauth) => {
    const provider = new Provider()
    await accepts(provider, { oauth })
    const http = provider.read({ oauth })
    const [name = '', value = ''] = Object.entries(oauth)[0] ?? []
    const changed = String(http.headers['authorization']).replace(
      `${name}="${percentEncode(value)}"`,
      `${name}="changed"`,
    )
    expect(changed).not.toBe(http.headers['authorization'])
    const tried = provider.protector.authenticate({ ...http, headers: { authorization: changed } })
    await expect(tried).rejects.toMatchObject({ code: 'invalid_signature' })
  })

  it('oauth_callback at the token endpoint (httr)', async () => {
    const provider = new Provider()
    const { temporary, verifier } = await provider.approved()
    const oauth = { oauth_callback: 'https://elsewhere.example.com/' }
    expect((await provider.exchange(temporary, verifier, { oauth })).status).toBe(200)
  })
})

describe('the Authorization header', () => {
  const parts = (provider: Provider) =>
    String(provider.read().headers['authorization']).slice('OAuth '.length).split(', ')

  it.each<[string, (pairs: string[]) => string]>([
    ['commas without a space', (pairs) => pairs.join(',')],
    ['the signature first', (pairs) => [...pairs].reverse().join(', ')],
    ['the signature in the middle', (pairs) => [...pairs.slice(3), ...pairs.slice(0, 3)].join(', ')],
    ['the realm last (nsrestlet)', (pairs) => [...pairs.slice(1), pairs[0]].join(', ')],
    ['no realm', (pairs) => pairs.slice(1).join(', ')],
    [
      'a realm with raw : and / (lazr, Pike)',
      (pairs) => ['realm="https://api.example.net/"', ...pairs.slice(1)].join(', '),
    ],
    [
      'a raw = in the signature (Mastercard): split at the first only',
      (pairs) => pairs.join(', ').replace(/%3D"/, '="'),
    ],
    [
      'raw + and / in the signature',
      (pairs) => pairs.join(', ').replaceAll('%2B', '+').replaceAll('%2F', '/'),
    ],
    [
      'lower-case escapes',
      (pairs) => pairs.join(', ').replace(/%[0-9A-F]{2}/g, (octet) => octet.toLowerCase()),
    ],
  ])('%s', async (_name, write) => {
    const provider = new Provider()
    // Ten signatures, so that + and / occur in some.
    for (let i = 0; i < 10; i++) {
      const http = provider.read()
      const pairs = String(http.headers['authorization']).slice('OAuth '.length).split(', ')
      const authorization = `OAuth ${write(pairs)}`
      await expect(
        provider.protector.authenticate({ ...http, headers: { authorization } }),
        authorization,
      ).resolves.toBeTruthy()
    }
    expect(parts(provider)).toHaveLength(7)
  })
})

describe('bodies', () => {
  it('an empty form body on a GET is no error (node-oauth, Signet)', async () => {
    const provider = new Provider()
    const headers = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': '0' }
    const http = provider.read({ headers })
    await expect(provider.protector.authenticate({ ...http, body: '' })).resolves.toBeTruthy()
  })

  it('a POST with neither length nor type is no error (Java, php)', () =>
    accepts(new Provider(), { method: 'POST' }))

  it('forms of PUT, PATCH and DELETE are signed like forms of POST', async () => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      const provider = new Provider()
      const http = provider.read({ method, form: [['a', '1']] })
      await expect(provider.protector.authenticate({ ...http, body: 'a=2' })).rejects.toMatchObject({
        code: 'invalid_signature',
      })
      await expect(provider.protector.authenticate({ ...http, body: undefined })).rejects.toMatchObject({
        code: 'invalid_signature',
      })
      await expect(provider.protector.authenticate(http)).resolves.toBeTruthy()
    }
  })
})

describe('queries and forms with raw characters are parsed, not refused', () => {
  it.each([
    ['brackets (WooCommerce)', 'filter[id][]=1'],
    ['; which does not separate', 'a=1;b=2'],
    [': @ $ , / ? (Qt)', 'a:b@c=$1,2/3?4'],
    ['a plus is a space', 'a+b=c+d'],
    ['a name alone has an empty value', 'a&b='],
    ['quotes and parentheses', "a='(1)'*!"],
  ])('%s', async (_name, raw) => {
    await accepts(new Provider(), { url: `${api}/photos?${raw}` })
    const provider = new Provider()
    const http = provider.read({ method: 'POST', url: `${api}/photos`, form: [...new URLSearchParams(raw)] })
    await expect(provider.protector.authenticate({ ...http, body: raw })).resolves.toBeTruthy()
  })

  it('and read by the application as they were signed', () => {
    const http = { method: 'GET', url: `${api}/?filter[id]=a+b;c&d`, headers: {} }
    expect(OAuth1Request.parse(http).parameters).toEqual([
      ['filter[id]', 'a b;c'],
      ['d', ''],
    ])
  })
})

it('token requests are POSTs; others are told so', async () => {
  const { temporary, verifier } = await new Provider().approved()
  const response = await new Provider().exchange(temporary, verifier, { method: 'GET' })
  expect([response.status, response.headers['allow']]).toEqual([405, 'POST'])
})

it('two-legged requests with a realm, under HMAC-SHA256 (NetSuite, WooCommerce, LTI)', async () => {
  const provider = new Provider({
    protector: { twoLegged: true, supportedSignatureMethods: ['HMAC-SHA256'] },
  })
  const oauth = { oauth_signature_method: 'HMAC-SHA256' }
  const http = provider.sign({ url: `${api}/orders`, oauth, realm: '1234567_SB1' })
  const { request } = await provider.protector.authenticate(http)
  expect(request.realm).toBe('1234567_SB1')
})

it('behind a proxy, what the client was told to call is what is checked', async () => {
  const provider = new Provider({ protector: { origin: 'https://api.example.com/v1' } })
  const http = provider.read({ url: 'https://api.example.com/v1/me' })
  await expect(
    provider.protector.authenticate({ ...http, url: 'http://10.0.0.7:3000/me' }),
  ).resolves.toBeTruthy()
})

it.each(['HMAC-SHA1', 'HMAC-SHA256', 'HMAC-SHA512', 'RSA-SHA1', 'RSA-SHA256', 'RSA-SHA512', 'PLAINTEXT'])(
  'some client speaks %s',
  async (name) => {
    const provider = new Provider({
      clients: [{ ...client, rsaPublicKey: spkiPem }],
      protector: { supportedSignatureMethods: [name] },
    })
    const sign = name.startsWith('RSA') ? { sign: rsaSigner(name.slice(4)) } : {}
    await accepts(provider, { oauth: { oauth_signature_method: name }, ...sign })
  },
)

it('the timestamp may be written with leading zeros, and is still one key with its nonce', async () => {
  const provider = new Provider()
  await accepts(provider, { oauth: { oauth_timestamp: `0${start}`, oauth_nonce: 'n' }, token })
  const again = provider.read({ oauth: { oauth_timestamp: `${start}`, oauth_nonce: 'n' } })
  await expect(provider.protector.authenticate(again)).rejects.toMatchObject({ code: 'invalid_nonce' })
})
