import { checkCallbackForm, defaultLimits, type HttpRequest, OAuth1Error } from 'countersign'
import {
  formOfOctets,
  OAuth1Request,
  parseAuthorizationHeader,
  splitUrl,
  textFromOctets,
} from 'countersign/protocol'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { errorResponse } from '../../src/server/responses.ts'
import { WorkCounter } from './work.ts'

const counter = new WorkCounter().start()
afterAll(() => counter.stop())

/** The defaults, all divided by one number: what costs per octet and what costs per parameter keep their proportion. */
const scale = 16
const limits = Object.fromEntries(
  Object.entries(defaultLimits).map(([name, limit]) => [name, limit / scale]),
) as unknown as typeof defaultLimits
/** In a spelling of the scheme that is not for the short cut: what letters cost is what they cost in the general code. */
const header = 'oauth oauth_consumer_key="key", oauth_nonce="abc"'

/** All that is done for a stranger: from the octets of a form to the text that the signature is made of. */
function parse(http: Partial<HttpRequest>): number {
  const body = http.body === undefined ? {} : { body: formOfOctets(Buffer.from(http.body)) }
  const request = { method: 'POST', url: 'http://e.com/', headers: {}, ...http, ...body }
  return OAuth1Request.parse(request, limits).baseString.length
}

/** Each place that a stranger can fill, with how many characters it takes. */
const places: readonly (readonly [name: string, length: number, run: (text: string) => unknown])[] = [
  [
    'the value of a form field',
    limits.maxBodyLength,
    (text) => parse({ headers: { authorization: header }, body: `a=${text}`.slice(0, limits.maxBodyLength) }),
  ],
  ['a form', limits.maxBodyLength, (text) => parse({ headers: { authorization: header }, body: text })],
  [
    'a query',
    limits.maxUrlLength,
    (text) =>
      parse({
        headers: { authorization: header },
        url: `http://e.com/?${text}`.slice(0, limits.maxUrlLength),
      }),
  ],
  [
    'a path',
    limits.maxUrlLength,
    (text) =>
      parse({
        headers: { authorization: header },
        url: `http://e.com/${text}`.slice(0, limits.maxUrlLength),
      }),
  ],
  ['a host', limits.maxUrlLength, (text) => splitUrl(`http://${text}`)],
  [
    'a value of the header',
    limits.maxHeaderLength,
    (text) =>
      parse({
        headers: { authorization: `${header}, x="${text.slice(header.length + 6)}"` },
      }),
  ],
  [
    'the header',
    limits.maxHeaderLength - 'OAuth '.length,
    (text) => parse({ headers: { authorization: `OAuth ${text}` } }),
  ],
  [
    'a bare value of the header',
    limits.maxHeaderLength - 'OAuth x='.length,
    (text) => parse({ headers: { authorization: `OAuth x=${text}` } }),
  ],
  [
    'a header of another scheme',
    limits.maxHeaderLength,
    (text) => parse({ headers: { authorization: `Bearer ${text}`.slice(0, limits.maxHeaderLength) } }),
  ],
  [
    'parseAuthorizationHeader',
    limits.maxHeaderLength,
    (text) => parseAuthorizationHeader(`OAuth a="${text}"`),
  ],
  [
    'the type of a form',
    limits.maxHeaderLength,
    (text) => parse({ headers: { authorization: header, 'content-type': text }, body: 'a=é' }),
  ],
  ['a callback', limits.maxValueLength, (text) => checkCallbackForm(`https://${text}`)],
  [
    'the Accept header',
    limits.maxHeaderLength,
    (text) => errorResponse(new OAuth1Error('invalid_request', 'x'), { realm: 'r', accept: text }),
  ],
  ['octets', limits.maxBodyLength, (text) => textFromOctets(Buffer.from(text, 'latin1'))],
]

/** What has once been expensive for some parser. */
const patterns = [
  ...['+', '%41', '%2f', '%c3%a9', '%FF', '%', '%%', '/', 'é', '😀', '\u0001', ' ', '\t', '&', 'a&', 'a=&'],
  ...['=', ']=', '=]', '[', ']', '"', '\\', '\\"', '\\\\"', 'a="",', 'a=,', ',', ', ', 'realm="', ';', ':'],
  ...['@', '.', '//', 'oauth_a=&', 'oauth_a="",', '*/*,', 'a/b;q=1,', ';q=', 'charset', '; charset=utf-8'],
  ...['q=0.', '\r\n', "'", '“', '&quot;', 'OAuth ', 'oauth_', ' oauth_token', 'oauth_token=', '{"', '-', '_'],
]
const fill = (pattern: string, length: number) => pattern.repeat(Math.floor(length / pattern.length))

/** What letters cost per octet, where the most of them fit. */
const [, formLength, fillForm] = places[0] as (typeof places)[number]
const ofLetters = counter.count(() => fillForm(fill('a', formLength))) / formLength
/** What does not depend on the length: the parameters of the protocol itself. */
const fixed = 2_000

it('counts what the library goes over, in loops of its own and in built-in functions', () => {
  const octets = Buffer.alloc(1_000, 'é')
  expect(counter.count(() => formOfOctets(octets))).toBeGreaterThan(500)
  expect(counter.count(() => splitUrl(`http://${'a'.repeat(1_000)}`))).toBeGreaterThan(1_000)
  expect(ofLetters).toBeGreaterThan(1)
})

describe.each(places)('the work for %s', (_name, length, run) => {
  const counted = new Map<string, number>()
  const work = (text: string) => {
    const known = counted.get(text) ?? counter.count(() => run(text))
    counted.set(text, known)
    return known
  }
  const most = 3 * Math.max(ofLetters, work(fill('a', length)) / length)

  it('is per octet never more than three times that for letters, whatever it is filled with', () => {
    const check = (pattern: string) => {
      const text = fill(pattern, length)
      expect([pattern, work(text)]).toEqual([pattern, atMost(most * Buffer.byteLength(text) + fixed)])
    }
    const mixtures = fc.array(fc.constantFrom(...patterns, 'a', 'ab', '1'), { minLength: 2, maxLength: 4 })
    for (const pattern of patterns) check(pattern)
    fc.assert(
      fc.property(mixtures, (pieces) => {
        check(pieces.join(''))
      }),
      { numRuns: 30 },
    )
  })

  it('grows with its length and no faster', () => {
    for (const pattern of patterns) {
      // A truncated text may be refused, which costs more. Were it quadratic, it would be sixteen times.
      const quarter = work(fill(pattern, length / 4))
      expect([pattern, work(fill(pattern, length))]).toEqual([pattern, atMost(8 * quarter + fixed)])
    }
  })
})

function atMost(limit: number): unknown {
  return {
    asymmetricMatch: (work: number) => work <= limit,
    toAsymmetricMatcher: () => `at most ${Math.round(limit)}`,
  }
}
