import { type HttpRequest, OAuth1Error } from 'countersign'
import { OAuth1Request } from 'countersign/protocol'
import { describe, expect, it } from 'vitest'

const url = 'https://e.com/x'

function get(query: string, authorization?: string, body?: string): HttpRequest {
  return {
    method: 'POST',
    url: query ? `${url}?${query}` : url,
    headers: { authorization },
    ...(body === undefined ? {} : { body }),
  }
}

function codeOf(http: HttpRequest): string {
  try {
    OAuth1Request.parse(http)
    return 'accepted'
  } catch (error) {
    if (error instanceof OAuth1Error) return `${error.status} ${error.code}`
    throw error
  }
}

describe('where the oauth_ parameters may stand (§3.5)', () => {
  it.each<[name: string, http: HttpRequest, transport: string | undefined]>([
    ['header', get('a=1', 'OAuth oauth_token="t"', 'b=2'), 'header'],
    ['body', get('a=1', undefined, 'oauth_token=t&b=2'), 'body'],
    ['query', get('oauth_token=t&a=1', undefined, 'b=2'), 'query'],
    ['query beside a header of another scheme', get('oauth_token=t', 'Basic abc'), 'query'],
    [
      'body beside an OAuth header that holds no oauth_ parameter',
      get('', 'OAuth realm="r"', 'oauth_token=t'),
      'body',
    ],
    ['nowhere', get('a=1'), undefined],
  ])('%s', (_name, http, transport) => {
    const request = OAuth1Request.parse(http)
    expect(request.place).toBe(transport)
    expect(request.oauthToken).toBe(transport && 't')
  })

  it.each([
    ['header and query', get('oauth_token=t', 'OAuth oauth_nonce="n"')],
    ['header and body', get('', 'OAuth oauth_nonce="n"', 'oauth_token=t')],
    ['query and body', get('oauth_nonce=n', undefined, 'oauth_token=t')],
    ['an unknown oauth_ parameter elsewhere', get('oauth_body_hash=x', 'OAuth oauth_nonce="n"')],
    ['the same parameter in two places', get('oauth_nonce=m', 'OAuth oauth_nonce="n"')],
    ['one that stands in all three', get('oauth_nonce=n', 'OAuth oauth_nonce="n"', 'oauth_nonce=n')],
    ['an escaped name elsewhere', get('%6fauth_token=t', 'OAuth oauth_nonce="n"')],
  ])('split over %s: 400', (_name, http) => {
    expect(codeOf(http)).toBe('400 duplicated_oauth_protocol_parameter')
  })
})

it.each([
  ['the query', get('oauth_nonce=n&a=1', 'OAuth oauth_nonce="n", oauth_token="t"'), true],
  ['the form', get('', 'OAuth oauth_nonce="n", oauth_token="t"', 'oauth_token=t'), true],
  ['nowhere', get('a=1', 'OAuth oauth_nonce="n", oauth_token="t"'), false],
])('a parameter of the header that is the same in %s is left to the policy', (_name, http, isRepeated) => {
  const request = OAuth1Request.parse(http)
  expect([request.place, request.isRepeated, request.oauthToken]).toEqual(['header', isRepeated, 't'])
})

describe('a repeated protocol parameter is a 400 (§3.1)', () => {
  it.each([
    ['in the header', get('', 'OAuth oauth_nonce="a", oauth_nonce="b"')],
    ['with the same value', get('', 'OAuth oauth_nonce="a", oauth_nonce="a"')],
    ['in the query', get('oauth_nonce=a&oauth_nonce=b')],
    ['in the body', get('', undefined, 'oauth_nonce=a&oauth_nonce=b')],
    ['the signature', get('oauth_signature=a&oauth_signature=b')],
    ['an unknown oauth_ parameter', get('oauth_x=a&oauth_x=b')],
    ['once in an escaped spelling', get('oauth_nonce=a&oauth%5Fnonce=b')],
    ['first empty', get('oauth_token=&oauth_token=t')],
  ])('%s', (_name, http) => {
    expect(codeOf(http)).toBe('400 duplicated_oauth_protocol_parameter')
  })

  it("names the parameter, and leaves the application's repeats alone", () => {
    expect(() => OAuth1Request.parse(get('oauth_nonce=a&oauth_nonce=b'))).toThrow(/oauth_nonce/)
    expect(OAuth1Request.parse(get('a=1&a=1', undefined, 'a=1')).parameters).toHaveLength(3)
  })

  it('two Authorization headers are a 400', () => {
    const twice = ['OAuth oauth_nonce="a"', 'OAuth oauth_nonce="a"']
    expect(codeOf({ method: 'GET', url, headers: { authorization: twice } })).toBe('400 invalid_request')
    expect(codeOf({ method: 'GET', url, headers: { authorization: twice.slice(1) } })).toBe('accepted')
  })
})

describe('each value is decoded exactly once, whatever the transport', () => {
  const escaped = '%2541%2Bb%20c'
  it.each([
    ['header', get('', `OAuth oauth_callback="${escaped}"`)],
    ['query', get(`oauth_callback=${escaped}`)],
    ['body', get('', undefined, `oauth_callback=${escaped}`)],
  ])('%s', (_name, http) => {
    const request = OAuth1Request.parse(http)
    expect(request.callback).toBe('%41+b c')
    expect(request.baseString).toBe(
      `POST&https%3A%2F%2Fe.com%2Fx&oauth_callback%3D${encodeURIComponent(escaped)}`,
    )
  })

  it('a plus is a space in query and body, and a plus in the header', () => {
    expect(OAuth1Request.parse(get('oauth_nonce=a+b')).nonce).toBe('a b')
    expect(OAuth1Request.parse(get('', undefined, 'oauth_nonce=a+b')).nonce).toBe('a b')
    expect(OAuth1Request.parse(get('', 'OAuth oauth_nonce="a+b++c"')).nonce).toBe('a+b++c')
  })
})

describe('a form in another charset', () => {
  const form = (parameters: string, body: string): HttpRequest => ({
    ...get('', undefined, body),
    headers: { 'content-type': `application/x-www-form-urlencoded; ${parameters}` },
  })

  it.each([
    ['ASCII is the same in all of them', 'charset=ISO-8859-1', 'oauth_nonce=a&b=%2Fc+d', 'accepted'],
    ['UTF-8', 'charset=UTF-8', 'oauth_nonce=a&b=%C3%A9', 'accepted'],
    ['UTF-8 in quotes', 'charset="utf-8"', 'oauth_nonce=a&b=é', 'accepted'],
    ['an escape beyond ASCII', 'charset=iso-8859-1', 'oauth_nonce=a&b=%E9', '400 invalid_request'],
    ['a character beyond ASCII', 'charset=windows-1252', 'oauth_nonce=a&b=é', '400 invalid_request'],
    ['two charsets', 'charset=utf-8; charset=iso-8859-1', 'oauth_nonce=a&b=%C3%A9', '400 invalid_request'],
    ['two charsets and ASCII', 'charset=utf-8; charset=iso-8859-1', 'oauth_nonce=a&b=c', 'accepted'],
    [
      'one in the quotes of another parameter',
      'x="; charset=utf-8"; charset=iso-8859-1',
      'oauth_nonce=a&b=%C3%A9',
      '400 invalid_request',
    ],
    ['an escaped one', 'charset="\\iso-8859-1"', 'oauth_nonce=a&b=%C3%A9', '400 invalid_request'],
    ['UTF-8 before another parameter', 'charset=utf-8; boundary=x', 'oauth_nonce=a&b=%C3%A9', 'accepted'],
  ])('%s', (_name, parameters, body, code) => {
    expect(codeOf(form(parameters, body))).toBe(code)
  })
})

describe('oauth_version', () => {
  it.each([
    ['absent', 'oauth_nonce=a', 'accepted'],
    ['1.0', 'oauth_version=1.0', 'accepted'],
    ['1.0, escaped', 'oauth_version=1%2e0', 'accepted'],
    ['1.0a', 'oauth_version=1.0a', '400 unsupported_parameter'],
    ['2.0', 'oauth_version=2.0', '400 unsupported_parameter'],
    ['empty', 'oauth_version=', '400 unsupported_parameter'],
  ])('%s', (_name, query, code) => {
    expect(codeOf(get(query))).toBe(code)
  })
})

describe('an empty oauth_token', () => {
  it('counts as absent and is signed as sent (§2.1)', () => {
    const request = OAuth1Request.parse(get('', 'OAuth oauth_token="", oauth_nonce="n"'))
    expect(request.oauthToken).toBeUndefined()
    expect(request.baseString).toMatch(/oauth_nonce%3Dn%26oauth_token%3D$/)
  })
})

describe('realm', () => {
  it('is left out only when it comes from the header', () => {
    const { realm, baseString, parameters } = OAuth1Request.parse(
      get('realm=query', 'OAuth realm="header", oauth_nonce="n"', 'realm=body'),
    )
    expect(realm).toBe('header')
    expect(baseString).toMatch(/&oauth_nonce%3Dn%26realm%3Dbody%26realm%3Dquery$/)
    expect(parameters).toEqual([
      ['realm', 'query'],
      ['realm', 'body'],
    ])
  })
})

it('a query beyond ASCII is refused, a form is not', () => {
  expect(codeOf(get('a=é'))).toBe('400 invalid_request')
  expect(codeOf(get('a=%C3%A9', undefined, 'a=é'))).toBe('accepted')
})
