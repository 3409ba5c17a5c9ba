import {
  checkCallbackForm,
  defaultLimits,
  type HttpRequest,
  OAuth1Request,
  parseAuthorizationHeader,
  splitUrl,
  textFromOctets,
} from 'countersign'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { OAuth1Error } from '../../src/protocol/errors.ts'
import { errorResponse } from '../../src/server/responses.ts'
import { WorkCounter } from './work.ts'

const counter = new WorkCounter().start()
afterAll(() => counter.stop())

/** The defaults, all divided by one number: what costs per octet and what costs per parameter keep their proportion. */
const scale = 8
const limits = Object.fromEntries(
  Object.entries(defaultLimits).map(([name, limit]) => [name, limit / scale]),
) as unknown as typeof defaultLimits
const header = 'OAuth oauth_consumer_key="key", oauth_nonce="abc"'

function parse(http: Partial<HttpRequest>): number {
  const request = OAuth1Request.parse({ method: 'POST', url: 'http://e.com/', headers: {}, ...http }, limits)
  return request.baseString.length + request.parameters.length
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
        headers: { authorization: `${header}, x="${text}`.slice(0, limits.maxHeaderLength - 1) + '"' },
      }),
  ],
  [
    'the header',
    limits.maxHeaderLength,
    (text) => parse({ headers: { authorization: `OAuth ${text}`.slice(0, limits.maxHeaderLength) } }),
  ],
  [
    'a bare value of the header',
    limits.maxHeaderLength,
    (text) => parse({ headers: { authorization: `OAuth x=${text}`.slice(0, limits.maxHeaderLength) } }),
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
  ...['q=0.', '\r\n', "'", '“', '&quot;', 'OAuth ', 'oauth_', 'oauth_token=', '{"', '-', '_'],
]
const fill = (pattern: string, length: number) =>
  pattern.repeat(Math.ceil(length / pattern.length)).slice(0, length)

describe.each(places)('the work for %s', (_name, length, run) => {
  const work = (pattern: string, of = length) => counter.count(() => run(fill(pattern, of)))

  it('is never more than three times that for letters, whatever it is filled with', () => {
    // The first call prepares what is prepared once.
    work('a')
    const most = 3 * work('a')
    const tried = fc.array(fc.constantFrom(...patterns, 'a', 'ab', '1'), { minLength: 2, maxLength: 4 })
    const worst = (pattern: string) => expect([pattern, work(pattern)]).toEqual([pattern, atMost(most)])
    for (const pattern of patterns) worst(pattern)
    fc.assert(
      fc.property(tried, (pieces) => worst(pieces.join(''))),
      { numRuns: 40 },
    )
  })

  it('grows with its length and no faster', () => {
    for (const pattern of [...patterns, 'a']) {
      work(pattern, 16)
      const half = work(pattern, length / 2)
      expect([pattern, work(pattern)]).toEqual([pattern, atMost(2.2 * half + 400)])
    }
  })
})

function atMost(limit: number): unknown {
  return { asymmetricMatch: (work: number) => work <= limit, toString: () => `at most ${limit}` }
}
