import { defaultLimits, type HttpRequest, type Limits } from 'countersign'
import { OAuth1Request, parseForm } from 'countersign/protocol'
import { describe, expect, it } from 'vitest'

const e = 'http://e.com/?'
const limits: Limits = {
  maxHeaderLength: 60,
  maxUrlLength: 60,
  maxBodyLength: 60,
  maxParameters: 6,
  maxValueLength: 8,
  bodyTimeoutSeconds: 30,
}

function parse(http: Partial<HttpRequest>, under: Limits = limits): OAuth1Request {
  return OAuth1Request.parse({ method: 'GET', url: e, headers: {}, ...http }, under)
}

const tooLarge = expect.objectContaining({ code: 'request_too_large', status: 413 })

describe('a request over a limit is refused with 413; one that just fits is not', () => {
  it.each<[name: string, make: (length: number) => Partial<HttpRequest>, fits: number]>([
    ['the URL', (length) => ({ url: e.padEnd(length, 'a') }), 60],
    [
      'the Authorization header',
      (length) => ({ headers: { authorization: 'OAuth a='.padEnd(length, 'a') } }),
      60,
    ],
    [
      'a header of another scheme',
      (length) => ({ headers: { authorization: 'Bearer '.padEnd(length, 'a') } }),
      60,
    ],
    ['the form body', (length) => ({ body: 'a='.padEnd(length, 'a') }), 60],
    [
      'parameters of all three places',
      (n) => ({ url: `${e}a&b`, headers: { authorization: 'OAuth c="", d=""' }, body: 'x&'.repeat(n - 4) }),
      6,
    ],
    ['the value of an oauth_ parameter', (length) => ({ url: `${e}oauth_token=${'a'.repeat(length)}` }), 8],
  ])('%s', (_name, make, fits) => {
    expect(parse(make(fits))).toBeInstanceOf(OAuth1Request)
    expect(() => parse(make(fits + 1))).toThrow(tooLarge)
  })

  it("does not bound the values of the application's own parameters", () => {
    expect(parse({ url: `${e}a=${'a'.repeat(40)}` }).parameters).toEqual([['a', 'a'.repeat(40)]])
  })
})

it('reading a form stops at the limit of parameters', () => {
  expect(parseForm('a&b&c&', 3)).toHaveLength(3)
  expect(() => parseForm('a&b&c&d=%', 3)).toThrow(tooLarge)
})

it('empty pieces between ampersands count: parsers that stop after some would not see what follows', () => {
  expect(parseForm('&a&&b&', 4)).toHaveLength(2)
  expect(() => parseForm('&a&&b&c', 4)).toThrow(tooLarge)
  // By the number of all of them Express makes an array or an object of n[150].
  expect(() => parseForm(`n[150]=a${'&'.repeat(99)}`)).not.toThrow()
  expect(() => parseForm(`n[150]=a${'&'.repeat(100)}`)).toThrow(/empty/)
  expect(() => parseForm(`n[150]=a${'&b'.repeat(100)}`)).not.toThrow()
  const hidden = `${e}amount=1&to=alice${'&'.repeat(1_000)}confirm=required`
  expect(() => OAuth1Request.parse({ method: 'GET', url: hidden, headers: {} })).toThrow(tooLarge)
  expect(() =>
    OAuth1Request.parse({ method: 'POST', url: e, headers: {}, body: hidden.slice(e.length) }),
  ).toThrow(tooLarge)
})

describe('the defaults', () => {
  it('are the documented ones', () => {
    expect(defaultLimits).toEqual({
      maxHeaderLength: 16_384,
      maxUrlLength: 16_384,
      maxBodyLength: 262_144,
      maxParameters: 1_000,
      maxValueLength: 4_096,
      bodyTimeoutSeconds: 30,
    })
  })

  it('hold where none are given', () => {
    const http = { method: 'POST', url: e, headers: {}, body: 'a&'.repeat(1_000) }
    expect(OAuth1Request.parse(http).parameters).toHaveLength(1_000)
    expect(() => OAuth1Request.parse({ ...http, body: `${http.body}a` })).toThrow(tooLarge)
  })
})
