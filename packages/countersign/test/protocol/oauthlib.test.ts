import { ResourceProtector } from 'countersign'
import { memoryHooks } from 'countersign/memory'
import {
  formatAuthorizationHeader,
  normalizeParameters,
  OAuth1Request,
  percentEncode,
} from 'countersign/protocol'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { privatePem, spkiPem } from './keys.ts'
import { Oauthlib, oauthlibAvailable } from './oauthlib.ts'

/** Text that JSON carries to Python and back. */
const text = fc.string({ unit: 'binary', maxLength: 12 })
const word = fc.string({ unit: fc.constantFrom(...'abAB019-._~'), minLength: 1, maxLength: 6 })
const pairs = fc.array(fc.tuple(fc.oneof(word, text), text), { maxLength: 8 })
/** Raw queries and forms; oauthlib refuses brackets and other raw characters, so those are left to the tables. */
const rawPairs = fc
  .array(
    fc.constantFrom(
      'a',
      'B',
      '1',
      '-',
      '.',
      '_',
      '~',
      '&',
      '&',
      '=',
      '=',
      '+',
      '%20',
      '%2b',
      '%2B',
      '%C3%a9',
      '%00',
      ':',
      '@',
      '/',
      '?',
      '!',
      "'",
      '(',
      '*',
      ';',
      ',',
      '$',
    ),
    { maxLength: 20 },
  )
  .map((pieces) => pieces.join(''))
const port = fc.constantFrom('', ':80', ':443', ':8080')
const host = fc.tuple(
  fc.constantFrom('example.com', 'EXAMPLE.com', '127.0.0.1', '[::1]', 'a.b-c.example'),
  port,
)
const path = fc.array(fc.constantFrom('', 'a', 'B%20b', '%7Euser', '%2F', "it's", '..', '.', 'x+y', 'é'), {
  maxLength: 4,
})
const uri = fc
  .tuple(fc.constantFrom('http', 'https', 'HTTP'), host, path)
  .map(([scheme, host, path]) => `${scheme}://${host.join('')}/${path.join('/')}`)

function sample<T>(arbitrary: fc.Arbitrary<T>, count: number): T[] {
  return fc.sample(arbitrary, count)
}

describe.skipIf(!(await oauthlibAvailable()))('oauthlib agrees', () => {
  let oauthlib: Oauthlib
  beforeAll(() => {
    oauthlib = new Oauthlib()
  })
  afterAll(() => oauthlib.close())

  it('on the normalisation of any pairs', async () => {
    const samples = sample(pairs, 400)
    const theirs = await oauthlib.ask<string>(
      'normalize',
      samples.map((pairs) => ({ pairs })),
    )
    const ours = samples.map((pairs) =>
      normalizeParameters(
        pairs.map(([name, value]) => ({ name: percentEncode(name), value: percentEncode(value) })),
      ),
    )
    expect(ours).toEqual(theirs)
  })

  it('on the base string of any request', async () => {
    const oauth = fc
      .array(
        fc.tuple(
          word.map((name) => `oauth_${name}`),
          text,
        ),
        { maxLength: 5 },
      )
      .map((pairs) => [...new Map(pairs)])
    const request = fc.record({
      method: fc.constantFrom('GET', 'post', 'M-SEARCH'),
      uri,
      query: rawPairs,
      form: rawPairs,
      oauth,
    })
    const samples = sample(request, 600)
    const theirs = await oauthlib.ask<string>('base_string', samples)
    const ours = samples.map(({ method, uri, query, form, oauth }) => {
      const authorization = formatAuthorizationHeader(oauth, 'r')
      return OAuth1Request.parse({ method, url: `${uri}?${query}`, headers: { authorization }, body: form })
        .baseString
    })
    expect(ours).toEqual(theirs)
  })

  const now = () => Date.now() / 1000
  const safe = fc.string({ unit: fc.constantFrom(...'abcAB019-._~ é&=+%'), minLength: 1, maxLength: 20 })

  it.each(['HMAC-SHA1', 'HMAC-SHA256', 'HMAC-SHA512', 'RSA-SHA1', 'RSA-SHA256', 'RSA-SHA512', 'PLAINTEXT'])(
    'on its own signatures by %s, in each transport',
    async (method) => {
      const samples = sample(
        fc.record({
          clientSecret: safe,
          tokenSecret: safe,
          form: fc
            .array(fc.tuple(word, safe), { maxLength: 3 })
            .map((pairs) => new URLSearchParams(pairs).toString()),
          query: fc
            .array(fc.tuple(word, safe), { maxLength: 3 })
            .map((pairs) => new URLSearchParams(pairs).toString()),
          type: fc.constantFrom('AUTH_HEADER', 'BODY', 'QUERY'),
        }),
        12,
      )
      const jobs = samples.map(({ clientSecret, tokenSecret, form, query, type }) => ({
        client: {
          client_key: 'client',
          client_secret: clientSecret,
          resource_owner_key: 'token',
          resource_owner_secret: tokenSecret,
          signature_method: method,
          signature_type: type,
          rsa_key: method.startsWith('RSA') ? privatePem : null,
          realm: type === 'AUTH_HEADER' ? 'r' : null,
        },
        uri: `https://example.com/a%20b?${query}`,
        method: 'POST',
        form: form || 'a=b',
        headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      }))
      const signed = await oauthlib.ask<{
        url: string
        headers: Record<string, string>
        body: string | null
      }>('sign', jobs)
      for (const [index, { url, headers, body }] of signed.entries()) {
        const { clientSecret, tokenSecret } = samples[index] as (typeof samples)[number]
        const protector = new ResourceProtector({
          hooks: memoryHooks({
            clients: [{ clientId: 'client', clientSecret, rsaPublicKey: spkiPem }],
            tokens: [{ clientId: 'client', oauthToken: 'token', oauthTokenSecret: tokenSecret }],
            now,
          }),
          supportedSignatureMethods: [method],
        })
        const http = {
          method: 'POST',
          url,
          headers: { authorization: headers['Authorization'] },
          ...(body === null ? {} : { body }),
        }
        await expect(protector.authenticate(http), JSON.stringify(jobs[index])).resolves.toHaveProperty(
          'credential.oauthToken',
          'token',
        )
      }
    },
  )
})
