import { defaultLimits, type HttpRequest, type Limits, OAuth1Error } from 'countersign'
import { OAuth1Request, splitUrl } from 'countersign/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
// The short cut shows in nothing but the time: here alone it is asked directly whether it was taken.
import { parseFast } from '../../src/protocol/fast-parser.ts'

function takesShortCut(http: HttpRequest, limits: Limits = defaultLimits): boolean {
  const authorization = http.headers['authorization'] as string
  return parseFast(http.method, splitUrl(http.url), authorization, http.body, limits) !== undefined
}

/** Everything that a request shows, or what it was refused with. */
function seen(http: HttpRequest, limits?: Limits): unknown {
  try {
    const request = OAuth1Request.parse(http, limits)
    const { method, secure, place, realm, baseString, parameters, clientId, oauthToken } = request
    const { signatureMethod, signature, timestamp, nonce, callback, verifier } = request
    return {
      ...{ method, secure, place, realm, baseString, parameters, clientId, oauthToken },
      ...{ signatureMethod, signature, timestamp, nonce, callback, verifier },
    }
  } catch (error) {
    if (error instanceof OAuth1Error) return error.message
    throw error
  }
}

/** The same request, with the scheme in a spelling that is not for the short cut. */
function byGeneralCode({ headers, ...http }: HttpRequest): HttpRequest {
  const authorization = (headers['authorization'] as string).replace(/^OAuth/, 'oAUTH')
  return { ...http, headers: { authorization } }
}

const url = 'http://photos.example.net/photos?file=vacation.jpg&size=original'
const authorization =
  'OAuth realm="Photos", oauth_consumer_key="dpf43f3p2l4k3l03", oauth_token="nnch734d00sl2jdk", oauth_signature_method="HMAC-SHA1", oauth_timestamp="137131202", oauth_nonce="chapoH", oauth_version="1.0", oauth_signature="MdpQcU8iPSUjWoN%2FUDMsK2sui9I%3D"'

describe('a request as almost all clients send it', () => {
  it.each<[name: string, http: Partial<HttpRequest>]>([
    ['a GET with a query', {}],
    ['no query', { url: 'https://api.example.com:8443/a%20b/' }],
    ['a form', { method: 'POST', body: 'status=Hello%20Ladies%20%2B%20Gentlemen&empty=&alone' }],
    ['no realm, and commas alone', { headers: { authorization: 'OAuth oauth_nonce="a",oauth_token=""' } }],
    [
      'the parameters of the temporary credential request',
      {
        method: 'POST',
        headers: {
          authorization: 'OAuth oauth_callback="http%3A%2F%2Fa.example%2F%3Fb%3Dc", oauth_nonce="x"',
        },
      },
    ],
    [
      'a realm with anything but quotes',
      { headers: { authorization: 'OAuth oauth_nonce="a", realm="http://x/ %,=&"' } },
    ],
    [
      'repeated parameters, in the order of their values',
      { url: 'http://e.com/?a=2&a=1&a&a=10&A=3&oauth=1&oauths=2' },
    ],
  ])('takes the short cut, which reads what the general code reads: %s', (_name, part) => {
    const http = { method: 'GET', url, headers: { authorization }, ...part }
    expect(takesShortCut(http)).toBe(true)
    expect(seen(http)).toEqual(seen(byGeneralCode(http)))
  })

  it.each<[name: string, http: Partial<HttpRequest>, limits?: Partial<Limits>]>([
    ['a method of its own', { method: 'PROPFIND' }],
    ['text that is not ASCII', { url: 'http://e.com/é' }],
    ['text that is not ASCII and longer than the room for it', { url: `http://e.com/?${'é'.repeat(8_000)}` }],
    ['a plus', { url: 'http://e.com/?a+b=1' }],
    ['lower-case escapes', { url: 'http://e.com/?a=%2f' }],
    ['escapes of what needs none', { url: 'http://e.com/?a=%41' }],
    ['escapes that are not ASCII', { url: 'http://e.com/?a=%C3%A9' }],
    ['half an escape at the end', { url: 'http://e.com/?a=%4' }],
    ['raw brackets', { url: 'http://e.com/?a[]=1' }],
    ['two ampersands', { url: 'http://e.com/?a&&b' }],
    ['more parameters than are sorted simply', { url: `http://e.com/?${'a&'.repeat(30)}` }],
    ['a long form', { method: 'POST', body: 'a'.repeat(9_000) }],
    ['a protocol parameter in the query', { url: 'http://e.com/?oauth_nonce=a' }],
    ['an unknown one in the query', { url: 'http://e.com/?oauth_x=a' }],
    ['an unknown one in the header', { headers: { authorization: 'OAuth oauth_x="a"' } }],
    ['one that occurs twice', { headers: { authorization: 'OAuth oauth_nonce="a", oauth_nonce="b"' } }],
    ['two realms', { headers: { authorization: 'OAuth realm="a", realm="b", oauth_nonce="c"' } }],
    ['an escaped quote in the realm', { headers: { authorization: 'OAuth realm="a\\"b", oauth_nonce="c"' } }],
    ['a backslash in the realm', { headers: { authorization: 'OAuth realm="a\\b", oauth_nonce="c"' } }],
    ['no quotes', { headers: { authorization: 'OAuth oauth_nonce=a' } }],
    ['an open quote', { headers: { authorization: 'OAuth oauth_nonce="a' } }],
    ['an open quote of the realm', { headers: { authorization: 'OAuth oauth_nonce="a", realm="b' } }],
    ['another sign than the equals sign', { headers: { authorization: 'OAuth oauth_nonce:"a"' } }],
    ['another sign than a quote', { headers: { authorization: 'OAuth oauth_nonce=\'a"' } }],
    ['another scheme of five letters', { headers: { authorization: 'Basic oauth_nonce="a"' } }],
    ['no comma', { headers: { authorization: 'OAuth oauth_nonce="a" oauth_token="b"' } }],
    ['nothing but a realm', { headers: { authorization: 'OAuth realm="a"' } }],
    ['another scheme', { headers: { authorization: 'Bearer oauth_nonce="a"' } }],
    ['more parameters than the limit', {}, { maxParameters: 8 }],
    ['a longer value than the limit', {}, { maxValueLength: 20 }],
  ])('does not for anything else: %s', (_name, part, limits) => {
    const http = { method: 'GET', url, headers: { authorization }, ...part }
    // What was read before is of no account.
    expect(
      takesShortCut({ method: 'GET', url: `${url}&a=${'a'.repeat(500)}`, headers: { authorization } }),
    ).toBe(true)
    expect(takesShortCut(http, { ...defaultLimits, ...limits })).toBe(false)
  })

  it.each(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'])('under %s it does', (method) => {
    const http = { method, url, headers: { authorization } }
    expect(takesShortCut(http)).toBe(true)
    expect(seen(http)).toEqual(seen(byGeneralCode(http)))
  })

  it('at the limits it still does', () => {
    expect(
      takesShortCut(
        { method: 'GET', url, headers: { authorization } },
        { ...defaultLimits, maxParameters: 9, maxValueLength: 32 },
      ),
    ).toBe(true)
  })
})

describe('the short cut and the general code', () => {
  const piece = fc.constantFrom(
    ...[
      'a',
      'b',
      'Z',
      '0',
      '-',
      '.',
      '_',
      '~',
      'oauth',
      'oauth_',
      'oauth_token',
      'realm',
      '%2F',
      '%3D',
      '%25',
      '%00',
    ],
    ...[
      '%2f',
      '%41',
      '%C3%A9',
      '%ff',
      '%',
      '+',
      '&',
      '=',
      '"',
      ',',
      ' ',
      '\\',
      '#',
      '?',
      '/',
      '[',
      '\0',
      '\t',
      'é',
    ],
  )
  const plainPiece = fc.constantFrom('a', 'b', 'Z', '0', '-', '.', '%2F', '%3D', '%25', 'vacation')
  const word = fc.oneof(
    { weight: 8, arbitrary: fc.array(plainPiece, { maxLength: 4 }).map((pieces) => pieces.join('')) },
    { weight: 1, arbitrary: fc.array(piece, { maxLength: 5 }).map((pieces) => pieces.join('')) },
  )
  const form = fc
    .array(fc.tuple(word, word), { maxLength: 5 })
    .map((pairs) => pairs.map((pair) => pair.join('=')).join('&'))
  const name = fc.oneof(
    {
      weight: 9,
      arbitrary: fc
        .constantFrom('callback', 'consumer_key', 'nonce', 'signature', 'signature_method', 'timestamp')
        .map((rest) => `oauth_${rest}`),
    },
    { weight: 3, arbitrary: fc.constantFrom('oauth_token', 'oauth_verifier', 'oauth_version', 'realm') },
    { weight: 1, arbitrary: word },
  )
  const header = fc
    .uniqueArray(fc.tuple(name, fc.oneof(word, fc.constant('1.0'))), {
      maxLength: 8,
      selector: ([name]) => name,
    })
    .chain((pairs) =>
      fc
        .constantFrom(', ', ', ', ',', ' ,', ';')
        .map((separator) => pairs.map(([name, value]) => `${name}="${value}"`).join(separator)),
    )
  const requests = fc
    .record({
      method: fc.constantFrom('GET', 'POST', 'get', 'M-SEARCH'),
      path: word,
      query: form,
      body: form,
      header,
    })
    .map(({ method, path, query, body, header }) => ({
      method,
      url: `http://e.com/${path}?${query}`,
      headers: { authorization: `OAuth ${header}` },
      body,
    }))

  it('never differ, whatever the request', () => {
    let shortCuts = 0
    let refused = 0
    fc.assert(
      fc.property(requests, (http) => {
        const expected = seen(byGeneralCode(http))
        expect(seen(http)).toEqual(expected)
        if (typeof expected === 'string') refused++
        else if (takesShortCut(http)) shortCuts++
      }),
      { numRuns: 5_000 },
    )
    // The generator must make requests of every kind.
    expect(Math.min(shortCuts, refused, 5_000 - shortCuts - refused)).toBeGreaterThan(300)
  })
})
