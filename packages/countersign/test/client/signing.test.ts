import { constants, createHash, createVerify } from 'node:crypto'
import { type HttpRequest, ResourceProtector, type SymmetricInput } from 'countersign'
import { OAuth1Client, OAuth1ClientError, type SignedRequest, type UnsignedRequest } from 'countersign/client'
import { memoryHooks } from 'countersign/memory'
import { OAuth1Request } from 'countersign/protocol'
import { describe, expect, it } from 'vitest'
import { privateJwk, privatePem, privatePkcs1Pem, spkiPem } from '../protocol/keys.ts'
import { keys, protocolParameters, start, token } from './site.ts'

const url = 'https://photos.example.net/photos'
const now = () => start
const nonce = () => 'nonce'
const methods = [
  'HMAC-SHA1',
  'HMAC-SHA256',
  'HMAC-SHA512',
  'RSA-SHA1',
  'RSA-SHA256',
  'RSA-SHA512',
  'PLAINTEXT',
] as const
const places = ['header', 'query', 'body'] as const
const form = new URLSearchParams([
  ['tag', 'b'],
  ['tag', 'a'],
  ['text', "naïve & bold = 100 % ~ !'()*"],
  ['empty', ''],
  ['f[t][]', 'x+y'],
])

/** Checks a signed request as a server does; returns whose it is. */
async function checked(signed: SignedRequest): Promise<string | undefined> {
  const protector = new ResourceProtector({
    hooks: memoryHooks({
      clients: [{ ...keys, rsaPublicKey: spkiPem }],
      tokens: [{ ...token, clientId: 'client' }],
      now,
    }),
    now,
    supportedSignatureMethods: methods,
  })
  const isForm = signed.headers['content-type']?.toLowerCase().startsWith('application/x-www-form-urlencoded')
  const http: HttpRequest = { ...signed, body: isForm ? String(signed.body) : undefined }
  return (await protector.authenticate(http)).credential?.oauthToken
}

const table = methods.flatMap((signatureMethod) => places.map((place) => [signatureMethod, place] as const))

it.each(table)('signs with %s in the %s what a server accepts', async (signatureMethod, place) => {
  const client = new OAuth1Client({ ...keys, privateKey: privatePem, token, signatureMethod, place, now })
  const address = `${url}/a%2Fb;c=d?size=large&tag=${encodeURIComponent("it's ü")}&tag=1`
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'])
    expect(await checked(client.sign({ method, url: address, body: form }))).toBe('token')
  if (place === 'body') return
  for (const method of ['GET', 'HEAD', 'DELETE'])
    expect(await checked(client.sign({ method, url: address }))).toBe('token')
  expect(await checked(client.sign({ method: 'GET', url: address, body: form }))).toBe('token')
})

it.each(['header', 'query'] as const)(
  'leaves anything but a form unsigned and as it is, parameters in the %s',
  async (place) => {
    const client = new OAuth1Client({ ...keys, token, place, now })
    for (const [type, body] of [
      ['application/json', '{"a":"é"}'],
      ['application/xml', '<a/>'],
      ['application/octet-stream', new Uint8Array([0, 255])],
      [undefined, 'a=1'],
    ] as const) {
      const headers = type === undefined ? {} : { 'content-type': type, accept: 'application/json' }
      const signed = client.sign({ method: 'POST', url, headers, body })
      expect(signed.body).toBe(body)
      expect(signed.headers).toMatchObject(headers)
      expect(signed.baseString).not.toContain('a%3D1')
      expect(await checked(signed)).toBe('token')
    }
  },
)

it('takes a form as text and as octets where the content type says so', async () => {
  const client = new OAuth1Client({ ...keys, token, now })
  const headers = new Headers({ 'Content-Type': 'Application/X-WWW-Form-Urlencoded; charset=utf-8' })
  for (const body of ['a=1&b=%C3%BC+x', new TextEncoder().encode('a=1&b=ü x')]) {
    const signed = client.sign({ method: 'PUT', url, headers, body })
    expect(signed.baseString).toContain('a%3D1%26b%3D%25C3%25BC%2520x')
    expect(await checked(signed)).toBe('token')
  }
})

it('is a pure function of nonce and clock, and makes a new nonce otherwise', () => {
  const pure = new OAuth1Client({ ...keys, token, nonce, now })
  expect(pure.sign({ url })).toEqual(pure.sign({ url }))
  const client = new OAuth1Client({ ...keys, token })
  const [first, second] = [client.sign({ url }), client.sign({ url })].map(
    ({ authorization }) => protocolParameters(authorization)['oauth_nonce'],
  )
  expect(first).toMatch(/^[0-9a-f]{32}$/)
  expect(second).not.toBe(first)
})

it('signs the requests of RFC 5849 as the RFC has them', () => {
  const at = (timestamp: number, nonce: string, token?: { oauthToken: string; oauthTokenSecret: string }) =>
    new OAuth1Client({
      clientId: 'dpf43f3p2l4k3l03',
      clientSecret: 'kd94hf93k423kf44',
      realm: 'Photos',
      includeVersion: false,
      now: () => timestamp,
      nonce: () => nonce,
      token,
    })
  // §1.2
  const initiate = at(137131200, 'wIjqoS').sign({
    method: 'POST',
    url: 'https://photos.example.net/initiate',
    oauth: { oauth_callback: 'http://printer.example.com/ready' },
  })
  expect(protocolParameters(initiate.authorization)['oauth_signature']).toBe('74KNZJeDHnMBp0EMJ9ZHt/XKycU=')
  expect(initiate.authorization).toMatch(/^OAuth realm="Photos", oauth_consumer_key="dpf43f3p2l4k3l03", /)
  const temporary = { oauthToken: 'hh5s93j4hdidpola', oauthTokenSecret: 'hdhd0244k9j7ao03' }
  const exchange = at(137131201, 'walatlh', temporary).sign({
    method: 'POST',
    url: 'https://photos.example.net/token',
    oauth: { oauth_verifier: 'hfdp7dh39dks9884' },
  })
  expect(protocolParameters(exchange.authorization)['oauth_signature']).toBe('gKgrFCywp7rO0OXSjdot/IHF7IU=')
  const photos = at(137131202, 'chapoH', {
    oauthToken: 'nnch734d00sl2jdk',
    oauthTokenSecret: 'pfkkdhi9sl3r4s00',
  })
  const { authorization } = photos.sign({
    url: 'http://photos.example.net/photos?file=vacation.jpg&size=original',
  })
  expect(protocolParameters(authorization)['oauth_signature']).toBe('MdpQcU8iPSUjWoN/UDMsK2sui9I=')
})

describe('RSA', () => {
  it.each([
    ['PKCS#8', privatePem],
    ['PKCS#1', privatePkcs1Pem],
    ['a JWK', privateJwk],
  ])('reads a private key as %s', async (_, privateKey) => {
    const client = new OAuth1Client({
      clientId: 'client',
      privateKey,
      token,
      signatureMethod: 'RSA-SHA256',
      now,
    })
    expect(await checked(client.sign({ url }))).toBe('token')
  })

  it.each(['RSA-PSS-SHA256', 'RSA-PSS'] as const)(
    'signs with %s, a salt of 32 octets and SHA-256',
    (name) => {
      const client = new OAuth1Client({
        clientId: 'client',
        privateKey: privatePem,
        signatureMethod: name,
      })
      const { baseString, authorization } = client.sign({ url })
      const { oauth_signature = '', oauth_signature_method } = protocolParameters(authorization)
      expect(oauth_signature_method).toBe(name)
      const key = { key: spkiPem, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }
      expect(createVerify('sha256').update(baseString).verify(key, oauth_signature, 'base64')).toBe(true)
    },
  )
})

describe('the body hash', () => {
  const hash = (name: string, body: string) => createHash(name).update(body).digest('base64')

  it.each([
    ['HMAC-SHA1', 'always', 'sha1'],
    ['HMAC-SHA256', 'always', 'sha256'],
    ['RSA-SHA512', 'always', 'sha512'],
    ['RSA-PSS', 'always', 'sha256'],
    ['PLAINTEXT', 'always', 'sha1'],
    ['HMAC-SHA512', 'always-sha1', 'sha1'],
  ] as const)('of %s, %s, is made with %s', (signatureMethod, bodyHash, name) => {
    const client = new OAuth1Client({ ...keys, privateKey: privatePem, signatureMethod, bodyHash, now })
    const headers = { 'content-type': 'application/json' }
    const sent = (request: Partial<UnsignedRequest>) =>
      protocolParameters(client.sign({ method: 'POST', url, ...request }).authorization)['oauth_body_hash']
    expect(sent({ headers, body: '{"a":"é"}' })).toBe(hash(name, '{"a":"é"}'))
    expect(sent({ headers, body: new TextEncoder().encode('{"a":"é"}') })).toBe(hash(name, '{"a":"é"}'))
    expect(sent({ method: 'GET' })).toBe(hash(name, ''))
    expect(sent({ body: form })).toBeUndefined()
  })

  it('is not sent unless it is asked for', () => {
    const { authorization } = new OAuth1Client(keys).sign({ method: 'POST', url, body: 'text' })
    expect(authorization).not.toContain('oauth_body_hash')
  })
})

describe('a signer of the application', () => {
  const sign = ({ baseString, clientSecret, tokenSecret }: SymmetricInput) =>
    `${clientSecret}|${tokenSecret}|${baseString.slice(0, 4)}`

  it('gets the base string and the secrets', () => {
    const client = new OAuth1Client({ ...keys, token, signatureMethod: { name: 'MY-OWN', sign } })
    const { authorization } = client.sign({ url })
    expect(protocolParameters(authorization)).toMatchObject({
      oauth_signature_method: 'MY-OWN',
      oauth_signature: 'secret|token-secret|GET&',
    })
  })

  it('may return a promise, for signAsync and fetch', async () => {
    const signatureMethod = { name: 'MY-OWN', sign: async (input: SymmetricInput) => sign(input) }
    const sent: string[] = []
    const fetch = async (_: string, init: RequestInit) => {
      sent.push(new Headers(init.headers).get('authorization') ?? '')
      return new Response()
    }
    const client = new OAuth1Client({ ...keys, token, signatureMethod, fetch })
    sent.push((await client.signAsync({ url })).authorization ?? '')
    await client.fetch(url)
    for (const authorization of sent)
      expect(protocolParameters(authorization)['oauth_signature']).toBe('secret|token-secret|GET&')
    expect(() => client.sign({ url })).toThrow(/use signAsync/)
  })
})

it('sends other values for the protocol parameters, or leaves them out', () => {
  const client = new OAuth1Client({ ...keys, signatureMethod: 'PLAINTEXT', now })
  const oauth = {
    oauth_nonce: undefined,
    oauth_timestamp: undefined,
    oauth_verifier: 'v',
    oauth_version: undefined,
  }
  const { authorization } = client.sign({ url, oauth: { ...oauth, oauth_signature: 'another' } })
  expect(protocolParameters(authorization)).toEqual({
    oauth_consumer_key: 'client',
    oauth_signature_method: 'PLAINTEXT',
    oauth_verifier: 'v',
    oauth_signature: 'secret&',
  })
})

it('signs for another token, or for the client alone', () => {
  const client = new OAuth1Client({ ...keys, token })
  const other = client.withToken({ oauthToken: 'other', oauthTokenSecret: 's' })
  const alone = client.withToken(undefined)
  const sent = [client, other, alone].map(
    (client) => protocolParameters(client.sign({ url }).authorization)['oauth_token'],
  )
  expect(sent).toEqual(['token', 'other', undefined])
})

it.each([
  [
    'the host in lower case, no default port, no fragment',
    'HTTPS://Photos.Example.NET:443/a#b',
    'https://photos.example.net/a',
  ],
  [
    'a space and text beyond ASCII',
    'https://photos.example.net/ü x?q=é',
    'https://photos.example.net/%C3%BC%20x?q=%C3%A9',
  ],
  [
    'escapes as they are',
    'https://photos.example.net/a%2fb%7E?q=%2f%7e+',
    'https://photos.example.net/a%2fb%7E?q=%2f%7e+',
  ],
  ['dots resolved', 'https://photos.example.net/a/../b', 'https://photos.example.net/b'],
])('writes the URL as fetch sends it: %s', async (_, given, sent) => {
  const signed = new OAuth1Client({ ...keys, token, now }).sign({ url: given })
  expect(signed.url).toBe(sent)
  expect(await checked(signed)).toBe('token')
})

it('signs a URL byte for byte where it is sent so', async () => {
  const client = new OAuth1Client({ ...keys, token, now })
  const address = "https://Photos.Example.NET:443/a/../b//%7e(c)?q=it's+%2f&empty&[]=%5b"
  const signed = client.sign({ url: `${address}#top`, exactUrl: true })
  expect(signed.url).toBe(address)
  expect(await checked(signed)).toBe('token')
  expect(() => client.sign({ url: 'https://a.example/ü', exactUrl: true })).toThrow(/percent-encode them/)
  expect(() => client.sign({ url: '/a', exactUrl: true })).toThrow(/not an absolute http or https URL/)
})

it.each([
  ['https://a.example/b', 'https://a.example/b?'],
  ['https://a.example/b?', 'https://a.example/b?'],
  ['https://a.example/b?c=d', 'https://a.example/b?c=d&'],
  ['https://a.example/b?c=d&', 'https://a.example/b?c=d&'],
])('appends the protocol parameters to the query of %s', (given, before) => {
  const signed = new OAuth1Client({ ...keys, place: 'query' }).sign({ url: given })
  expect(signed.url.slice(0, before.length + 18)).toBe(`${before}oauth_consumer_key`)
  expect(signed.authorization).toBeUndefined()
  expect(OAuth1Request.parse(signed as HttpRequest)).toMatchObject({ place: 'query', clientId: 'client' })
})

it('leaves an Authorization header of another scheme alone, parameters in the query', () => {
  const headers = { authorization: 'Basic eDp5' }
  const signed = new OAuth1Client({ ...keys, place: 'query' }).sign({ url, headers })
  expect(signed.headers).toEqual(headers)
})

it('sends the version unless it is told otherwise, and the time of the system', () => {
  const before = Math.floor(Date.now() / 1000)
  const sent = protocolParameters(new OAuth1Client(keys).sign({ url }).authorization)
  expect(sent['oauth_version']).toBe('1.0')
  expect(Number(sent['oauth_timestamp'])).toBeGreaterThanOrEqual(before)
  expect(Number(sent['oauth_timestamp'])).toBeLessThanOrEqual(Date.now() / 1000)
})

it('makes a form of the protocol parameters where a POST has no body', async () => {
  const signed = new OAuth1Client({ ...keys, token, place: 'body', now }).sign({ method: 'POST', url })
  expect(signed.headers).toEqual({ 'content-type': 'application/x-www-form-urlencoded' })
  expect(signed.body).toMatch(/^oauth_consumer_key=client&oauth_token=token&.*&oauth_signature=/)
  expect(await checked(signed)).toBe('token')
})

const unsignable: readonly (readonly [name: string, request: UnsignedRequest, says: RegExp])[] = [
  ['a relative URL', { url: '/photos' }, /not an absolute http or https URL/],
  ['another scheme', { url: 'ftp://a.example/' }, /not an absolute http or https URL/],
  ['a query that holds a protocol parameter', { url: `${url}?oauth_token=x` }, /already holds oauth_token\./],
  [
    'a form that holds one',
    { url, method: 'POST', body: new URLSearchParams({ oauth_nonce: '1' }) },
    /already holds oauth_nonce\./,
  ],
  ['a query that parsers read differently', { url: `${url}?a[b=c]=d` }, /%5D%3D/],
  [
    'an object for a body',
    { url, method: 'POST', body: { title: 'a' } as unknown as string },
    /neither text, octets nor URLSearchParams\. For JSON give JSON\.stringify/,
  ],
  ['a lone surrogate', { url, oauth: { oauth_callback: '\ud800' } }, /lone surrogate/],
  [
    'an Authorization header',
    { url, headers: { Authorization: 'Basic eDp5' } },
    /Authorization header already/,
  ],
  ['a GET with parameters in the body', { url, place: 'body' }, /a GET without a form/],
  [
    'JSON with parameters in the body',
    { url, method: 'POST', place: 'body', body: '{}' },
    /a POST without a form/,
  ],
  [
    'a form that is not UTF-8',
    {
      url,
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new Uint8Array([97, 61, 255]),
    },
    /not UTF-8/,
  ],
]
it.each(unsignable)('refuses %s', (_, request, says) => {
  const sign = () => new OAuth1Client(keys).sign(request)
  expect(sign).toThrow(OAuth1ClientError)
  expect(sign).toThrow(
    expect.objectContaining({ code: 'unsignable_request', message: expect.stringMatching(says) }),
  )
})

it('keeps its secrets from logs', () => {
  const client = new OAuth1Client({ ...keys, token, privateKey: privatePem })
  expect(JSON.stringify(client)).not.toMatch(/secret/)
  expect(Object.values(client).map(String).join()).not.toMatch(/token-secret/)
})
