import { casesOf, type GroupCase } from '../conformance-case.ts'
import type { Context } from '../context.ts'
import { expectNoServerError, expectRefused } from '../expectations.ts'
import { initiation, protectedRequest } from '../flow/steps.ts'
import { type WireRequest, withHeader, withQuery } from '../http/message.ts'
import { formType } from '../signing.ts'

const junk = Uint8Array.from({ length: 512 }, (_, at) => (at * 37) % 256)

/** Values of the Authorization header; each is sent to the resource and to the first endpoint. */
const headers: readonly (readonly [id: string, what: string, header: string])[] = [
  ['scheme-alone', 'the scheme alone', 'OAuth'],
  ['header-empty', 'an empty header', ''],
  ['commas-alone', 'commas alone', 'OAuth ,,,, ,'],
  ['no-value', 'a name without a value', 'OAuth oauth_nonce'],
  ['quote-open', 'a quote that is not closed', 'OAuth oauth_consumer_key="a, oauth_nonce=b'],
  ['quote-escaped', 'a backslash before the last quote', 'OAuth oauth_consumer_key="a\\"'],
  ['lone-percent', 'a lone percent sign', 'OAuth oauth_consumer_key="%", oauth_nonce="100%"'],
  ['no-hex', 'an escape that is not hexadecimal', 'OAuth oauth_consumer_key="%zz", oauth_signature="%GG"'],
  ['not-utf-8', 'an escape that is not UTF-8', 'OAuth oauth_consumer_key="%ff%fe", oauth_token="%C0%80"'],
  ['nul', 'an escaped NUL', 'OAuth oauth_consumer_key="a%00b", oauth_token="%00"'],
  ['raw-octets', 'raw octets beyond ASCII', 'OAuth oauth_consumer_key="\xff\xfe\x80"'],
  ['long-value', 'a value of 6,000 characters', `OAuth oauth_consumer_key="${'a'.repeat(6000)}"`],
  [
    'many-parameters',
    '800 parameters',
    `OAuth ${Array.from({ length: 800 }, (_, at) => `p${at}="x"`).join(',')}`,
  ],
  [
    'other-names',
    'names such as __proto__',
    'OAuth __proto__="a", constructor="b", toString="c", oauth_="d"',
  ],
  ['bearer', 'another scheme', 'Bearer oauth_consumer_key="a"'],
]

function atBoth(id: string, what: string, change: (request: WireRequest) => WireRequest): GroupCase {
  return {
    id,
    title: `A malformed Authorization header is refused: ${what}`,
    section: '§3.2',
    level: 'must',
    why: 'A parser that throws causes a 500, fills the log, and may reveal internals.',
    remedy: 'Make the parser return a result or a 400 for any text.',
    async run(context) {
      for (const request of [await protectedRequest(context), initiation(context)])
        expectRefused(await context.send(change(request)), what)
    },
  }
}

type Broken = readonly [id: string, title: string, request: (context: Context) => Promise<WireRequest>]

const inQuery = (query: string) => async (context: Context) => {
  const request = await protectedRequest(context)
  return { ...request, url: withQuery(request.url, query) }
}
const asBody =
  (body: string | Uint8Array, contentType = formType) =>
  async (context: Context) => ({
    ...withHeader(initiation(context), 'Content-Type', contentType),
    body,
  })

const broken: readonly Broken[] = [
  ['query-percent', 'A lone percent sign in the query', inQuery('a=%&b=100%')],
  ['query-no-hex', 'An escape in the query that is not hexadecimal', inQuery('a=%zz&%G1=b')],
  ['query-not-utf-8', 'An escape in the query that is not UTF-8', inQuery('a=%ff%fe&b=%C0%80')],
  ['query-nul', 'An escaped NUL in the query', inQuery('a=%00')],
  ['query-raw', 'Raw brackets, braces, quotes and pipes in the query', inQuery('a={"b":[1]}&c=|^`\\<>')],
  ['query-raw-octets', 'Raw octets beyond ASCII in the query', inQuery('a=\xe9\xff')],
  ['query-empty-pairs', 'Empty pairs in the query', inQuery('&&&&=&==&=a&')],
  [
    'query-many',
    'Two thousand parameters in the query',
    inQuery(Array.from({ length: 2000 }, () => 'a=1').join('&')),
  ],
  ['query-deep', 'A name with 500 brackets in the query', inQuery(`a${'[b]'.repeat(500)}=1`)],
  ['body-octets', 'A form of octets that are not text', asBody(junk)],
  ['body-percent', 'A form of percent signs', asBody('%&%%=%zz&a=%')],
  ['body-not-utf-8', 'A form with escapes that are not UTF-8', asBody('a=%ff&%C0=%80')],
  ['body-json', 'JSON that is sent as a form', asBody('{"oauth_token": ["a", {"b": null}]}')],
  ['body-large', 'A form of 300 kB', asBody(`a=${'x'.repeat(300_000)}`)],
  ['body-many', 'A form of 20,000 parameters', asBody(Array.from({ length: 20_000 }, () => 'a=1').join('&'))],
  [
    'body-charset',
    'A form in a charset that does not exist',
    asBody('a=%E9', `${formType}; charset="x-none`),
  ],
  ['content-type', 'A content type that is none', asBody('a=1', ';;;=')],
]

export const malformed = casesOf('malformed', [
  ...headers.map(([id, what, header]) =>
    atBoth(id, what, (request) => withHeader(request, 'Authorization', header)),
  ),
  {
    ...atBoth('two-headers', 'two headers', (request) => ({
      ...request,
      headers: [...request.headers, ['Authorization', 'OAuth oauth_consumer_key="other"']],
    })),
    // Some servers drop the second before a provider sees it.
    level: 'should',
  },
  ...broken.map(
    ([id, title, request]): GroupCase => ({
      id,
      title: `${title}: no 5xx, and no timeout`,
      section: '§3.2',
      level: 'must',
      why: 'Anyone can send it; the provider must not crash, hang or fill its log.',
      remedy: 'Make parsers return a result or a 400 for any octets, and bound sizes with 413.',
      async run(context) {
        expectNoServerError(await context.send(await request(context)), title)
      },
    }),
  ),
  {
    id: 'odd-identifiers',
    title: 'Odd values of oauth_token and oauth_consumer_key are refused',
    section: '§3.2',
    level: 'must',
    why: 'Databases fail on NUL, and quotes and dots invite injection.',
    remedy: 'Check a value before you look it up, and use prepared statements.',
    async run(context) {
      const values = ['\u0000', '\ud83d\ude00', "' OR '1'='1", '../../x', '%00', 'x'.repeat(3000), '\r\nx: y']
      for (const value of values) {
        const token = { key: value, secret: value }
        expectRefused(
          await context.send(await protectedRequest(context, { token })),
          `oauth_token=${JSON.stringify(value.slice(0, 40))}`,
        )
        const client = { key: value, secret: value }
        expectRefused(
          await context.send(initiation(context, { client })),
          `oauth_consumer_key=${JSON.stringify(value.slice(0, 40))}`,
        )
      }
    },
  },
])
