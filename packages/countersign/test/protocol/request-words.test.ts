import { defaultLimits, type HttpRequest, type Limits, OAuth1Error } from 'countersign'
import { OAuth1Request } from 'countersign/protocol'
import { describe, expect, it } from 'vitest'

const url = 'https://e.com/x'

function parse(http: Partial<HttpRequest>, limits: Partial<Limits> = {}): OAuth1Request {
  return OAuth1Request.parse({ method: 'POST', url, headers: {}, ...http }, { ...defaultLimits, ...limits })
}

const header = (authorization: string, rest: Partial<HttpRequest> = {}) => ({
  ...rest,
  headers: { authorization },
})
const inTwo = (places: string) => `oauth_ parameters stand in the ${places}; send them all in one place.`
const long = `oauth_${'x'.repeat(200)}`

describe('a request that is refused is told why', () => {
  it.each<[code: OAuth1Error['code'], told: string, http: Partial<HttpRequest>, limits?: Partial<Limits>]>([
    [
      'duplicated_oauth_protocol_parameter',
      inTwo('header and the body'),
      header('OAuth oauth_nonce="n"', { body: 'oauth_token=t' }),
    ],
    [
      'duplicated_oauth_protocol_parameter',
      inTwo('header and the query'),
      header('OAuth oauth_nonce="n"', { url: `${url}?oauth_token=t` }),
    ],
    [
      'duplicated_oauth_protocol_parameter',
      inTwo('body and the query'),
      { url: `${url}?oauth_token=t`, body: 'oauth_nonce=n' },
    ],
    [
      'duplicated_oauth_protocol_parameter',
      inTwo('header and the body and the query'),
      header('OAuth oauth_nonce="n"', { url: `${url}?oauth_token=t`, body: 'oauth_x=1' }),
    ],
    [
      'duplicated_oauth_protocol_parameter',
      'oauth_nonce occurs more than once; each protocol parameter must be sent once.',
      header('OAuth oauth_nonce="n", oauth_nonce="n"'),
    ],
    [
      'duplicated_oauth_protocol_parameter',
      `${long.slice(0, 100)} occurs more than once; each protocol parameter must be sent once.`,
      header(`OAuth ${long}="n", ${long}="n"`),
    ],
    [
      'unsupported_parameter',
      'oauth_version must be 1.0, or be left out; 1.0a is the name of a text, not of a version.',
      header('OAuth oauth_version="1.0a"'),
    ],
    [
      'invalid_request',
      'The query holds characters beyond ASCII; percent-encode them as UTF-8.',
      { url: `${url}?a=\u0080` },
    ],
    [
      'invalid_request',
      'The authorization header was sent more than once.',
      { headers: { authorization: ['Basic a', 'OAuth oauth_nonce="n"'] } },
    ],
    [
      'invalid_request',
      'A form with characters beyond ASCII must be sent as UTF-8.',
      { headers: { 'content-type': 'x; charset=latin1' }, body: 'a=%E9' },
    ],
    [
      'request_too_large',
      'The value of oauth_nonce is over the limit of 3 characters.',
      header('OAuth oauth_nonce="abcd"'),
      { maxValueLength: 3 },
    ],
    [
      'request_too_large',
      `The value of ${long.slice(0, 100)} is over the limit of 3 characters.`,
      header(`OAuth ${long}="abcd"`),
      { maxValueLength: 3 },
    ],
    [
      'request_too_large',
      'The request is over the limit of 2 parameters.',
      header('OAuth oauth_nonce="n"', { body: 'a&b' }),
      { maxParameters: 2 },
    ],
    [
      'request_too_large',
      'The request is over the limit of 2 parameters.',
      { body: 'a&b&c' },
      { maxParameters: 2 },
    ],
    ['request_too_large', 'The URL is over the limit of 14 characters.', {}, { maxUrlLength: 14 }],
    [
      'request_too_large',
      'The Authorization header is over the limit of 6 characters.',
      header('Basic a'),
      { maxHeaderLength: 6 },
    ],
    [
      'request_too_large',
      'The form body is over the limit of 2 characters.',
      { body: 'a=1' },
      { maxBodyLength: 2 },
    ],
  ])('%s: %s', (code, told, http, limits) => {
    expect(() => parse(http, limits)).toThrow(new OAuth1Error(code, told))
    expect(() => parse(http, limits)).toThrow(expect.objectContaining({ code, description: told }))
  })

  it('but not at the limits', () => {
    const http = header('OAuth oauth_nonce="abc"', { body: 'a&b' })
    const limits = {
      maxValueLength: 3,
      maxParameters: 3,
      maxUrlLength: url.length,
      maxHeaderLength: http.headers.authorization.length,
      maxBodyLength: 3,
    }
    expect(parse(http, limits).nonce).toBe('abc')
    expect(parse(header('oauth oauth_nonce="abc"', { body: 'a&b' }), limits).nonce).toBe('abc')
  })
})

describe('the scheme of the Authorization header is shown', () => {
  it.each([
    ['OAuth', 'OAuth'],
    [' \toauth', 'oauth'],
    ['OAuth realm="r"', 'OAuth'],
    ['Bearer abc', 'Bearer'],
    ['a b', 'a'],
    ['AWS4-HMAC-SHA256 x', 'AWS4-HMAC-SHA256'],
    ['Bearer\tabc', 'Bearer'],
    [`${'a'.repeat(20)} b`, 'a'.repeat(20)],
    [`${'a'.repeat(21)} b`, ''],
    ['Bearer', ''],
    ['OAuth1', ''],
    ['1a b', ''],
    ['-a b', ''],
    ['a_b c', ''],
    ['(Bearer abc', ''],
    ['', ''],
  ])('%j: %j', (authorization, scheme) => {
    expect(parse(header(authorization)).scheme).toBe(scheme)
  })
})

describe('the charset of a form', () => {
  const utf8 = 'a=é'
  it.each<[type: string | string[] | undefined, accepted: boolean]>([
    [undefined, true],
    ['application/x-www-form-urlencoded', true],
    ['x;charset=utf-8', true],
    ['x;charset=utf8', true],
    ['x; CHARSET = UTF8 ', true],
    ['x; charset="utf8"', true],
    ['x; charset="UTF-8";', true],
    ['x; charset=us-ascii', true],
    ['x; charset="US-ASCII", y', true],
    ['x; charset=utf-8 , y', true],
    [['x; charset=utf-8'], true],
    ['x; charset=utf-16', false],
    ['x; charset=utf-88', false],
    ['x; charset="utf-8', false],
    ['x; charset=utf-8"', false],
    ["x; charset='utf-8'", false],
    ['x; charset=xutf-8', false],
    ['x charset=utf-8', false],
    ['x; charset', false],
    ['x; charset*=utf-8', false],
    ['charset=utf-8', false],
    [['x; charset=latin1'], false],
  ])('%j: %j', (type, accepted) => {
    const http = { headers: { 'content-type': type }, body: utf8 }
    if (accepted) expect(parse(http).parameters).toEqual([['a', 'é']])
    else expect(() => parse(http)).toThrow('must be sent as UTF-8')
    // Without anything beyond ASCII, or without a form, it does not matter.
    expect(parse({ ...http, body: 'a=e%7F%7e' }).parameters).toEqual([['a', 'e\x7f~']])
    expect(parse({ headers: http.headers }).parameters).toEqual([])
  })

  it.each([
    'a=\u0080',
    'a=\uffff',
    'a=%80',
    'a=%8f',
    'a=%9A',
    'a=%Af',
    'a=%bF',
    'a=%C3%A9',
    'a=%f0%9f%98%80',
  ])('matters to %j', (body) => {
    const http = { headers: { 'content-type': 'x; charset=latin1' }, body }
    expect(() => parse(http)).toThrow('must be sent as UTF-8')
  })
})

it('the parameters come from query, form and header, in this order', () => {
  const http = header('OAuth c="3", oauth_nonce="n", d="%FF", realm="r"', { url: `${url}?a=1`, body: 'b=2' })
  expect(parse(http)).toMatchObject({
    parameters: [
      ['a', '1'],
      ['b', '2'],
      ['c', '3'],
      ['d', '%FF'],
    ],
    headerParameters: [
      ['c', '3'],
      ['d', '%FF'],
    ],
    place: 'header',
    realm: 'r',
  })
})

it.each(['header', 'query', 'body'])('each protocol parameter in the %s has its name', (place) => {
  const names = {
    oauth_callback: 'callback',
    oauth_consumer_key: 'clientId',
    oauth_nonce: 'nonce',
    oauth_signature: 'signature',
    oauth_signature_method: 'signatureMethod',
    oauth_timestamp: 'timestamp',
    oauth_token: 'oauthToken',
    oauth_verifier: 'verifier',
  } as const
  const form = Object.keys(names).map((name, i) => `${name}=v%2F${i}`)
  const http = {
    header: header(`OAuth ${form.map((pair) => `${pair.replace('=', '="')}"`).join()}`),
    query: { url: `${url}?${form.join('&')}` },
    body: { body: form.join('&') },
  }[place]
  const request = parse(http ?? {})
  expect(Object.values(names).map((field) => request[field])).toEqual(form.map((_, i) => `v/${i}`))
  expect(request).toMatchObject({ place, method: 'POST', secure: true, parameters: [], headerParameters: [] })
  expect(JSON.stringify(request)).not.toContain('v/3')
})

it.each(['oauth_', 'oauth_x', 'oauth_tokens'])('%s is of the protocol, and otherwise ignored', (name) => {
  const request = parse(header(`OAuth ${name}="1"`))
  expect(request).toMatchObject({ place: 'header', parameters: [], oauthToken: undefined })
  expect(request.baseString).toBe(`POST&https%3A%2F%2Fe.com%2Fx&${name}%3D1`)
})

it('what an unknown parameter of the protocol holds is not looked at', () => {
  expect(parse(header('OAuth oauth_x="%FF", oauth_nonce="n"')).nonce).toBe('n')
  expect(() => parse(header('OAuth oauth_nonce="%FF"'))).toThrow('malformed or not UTF-8')
})

it.each(['oauth', 'OAuth_token', 'xoauth_token'])('%s is not of the protocol', (name) => {
  const request = parse({ url: `${url}?${name}=1` })
  expect(request).toMatchObject({ place: undefined, parameters: [[name, '1']], headerParameters: [] })
})
