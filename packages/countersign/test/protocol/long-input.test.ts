import { OAuth1Error } from 'countersign'
import { OAuth1Request } from 'countersign/protocol'
import { expect, it } from 'vitest'

const megabyte = 1_048_576
const length = megabyte / 4
const unlimited = {
  maxHeaderLength: 1e9,
  maxUrlLength: 1e9,
  maxBodyLength: 1e9,
  maxParameters: 1e9,
  maxValueLength: 1e9,
  bodyTimeoutSeconds: 30,
}

function fill(pattern: string): string {
  return pattern.repeat(Math.ceil(length / pattern.length))
}

/**
 * With every limit switched off, a quarter of a megabyte of what makes bad parsers quadratic still comes to an end.
 * Nothing is timed: quadratic steps would need minutes, which the time limit of the test ends.
 */
it.each([
  ['letters', 'a'],
  ['equals signs', '='],
  ['ampersands', '&'],
  ['short pairs', 'a=1&'],
  ['different names', '%61=&b&c=%zz&'],
  ['escapes', '%41'],
  ['escapes that are not UTF-8', '%ff'],
  ['percent signs', '%'],
  ['pluses', '+'],
  ['quotes', '"'],
  ['backslashes', '\\'],
  ['escaped quotes', '\\"'],
  ['open strings', 'a="'],
  ['commas', ','],
  ['white space', ' '],
  ['header pairs', 'a="1",'],
  ['realms', 'realm="'],
  ['at signs', '@'],
  ['colons', ':'],
  ['brackets', '['],
  ['slashes', '/'],
  ['non-ASCII text', 'é☃'],
  ['surrogate pairs', '😀'],
  ['lone surrogates', '\ud800'],
  ['oauth_ parameters', 'oauth_a=&'],
])('a quarter of a megabyte of %s ends in a request or a refusal, in each place', (_name, pattern) => {
  const long = fill(pattern)
  const places = [
    { url: `http://${long}` },
    { url: `http://e.com/${long}` },
    { url: `http://e.com/?${long}` },
    { url: 'http://e.com/', headers: { authorization: `OAuth ${long}` } },
    { url: 'http://e.com/', headers: { authorization: `OAuth a="${long}` } },
    { url: 'http://e.com/', headers: { authorization: `OAuth a${long}` } },
    { url: 'http://e.com/', body: long },
  ]
  for (const place of places) {
    let outcome: unknown
    try {
      const request = OAuth1Request.parse({ method: 'POST', headers: {}, ...place }, unlimited)
      outcome = request.baseString.length + request.parameters.length
    } catch (error) {
      outcome = error
    }
    expect(outcome instanceof OAuth1Error || typeof outcome === 'number', String(outcome)).toBe(true)
  }
})

it('a hundred thousand different oauth_ parameters end in a request', () => {
  const query = Array.from({ length: 100_000 }, (_, i) => `oauth_${i}=`).join('&')
  const request = OAuth1Request.parse(
    { method: 'GET', url: `http://e.com/?${query}`, headers: {} },
    unlimited,
  )
  expect(request.baseString.length).toBeGreaterThan(query.length)
})

it('16 megabytes of plain characters are a request: no stack grows with the input', () => {
  const body = `a=${'b'.repeat(16 * megabyte)}`
  const request = OAuth1Request.parse({ method: 'POST', url: 'http://e.com/', headers: {}, body }, unlimited)
  expect(request.baseString.length).toBeGreaterThan(body.length)
})
