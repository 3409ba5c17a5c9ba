import { describe, expect, it } from 'vitest'
import { ThirdParty } from '../../../../test/support/third-party.ts'
import { sendRaw } from './raw-request.ts'
import { client, gatewayOfFile } from './setting.ts'

const file = gatewayOfFile()

const thirdParty = new ThirdParty(client)

/** A raw request: HOST stands for the gateway's host, and AUTH for a right signature of verb and path. */
function rawRequest(lines: readonly string[], body: string, signedPath: string): string {
  const method = lines[0]?.split(/\s/)[0] ?? ''
  const url = file.setting.address + signedPath
  const authorization = thirdParty.authorization(method, url, { token: file.setting.token })
  const head = lines.map((line) => line.replaceAll('HOST', new URL(url).host).replace('AUTH', authorization))
  return `${head.join('\r\n')}\r\n\r\n${body}`
}

const hidden = 'GET /admin HTTP/1.1\r\nHost: x\r\n\r\n'
const get = 'GET /a HTTP/1.1'
const post = 'POST /a HTTP/1.1'
const rest = ['Host: HOST', 'Authorization: AUTH', 'Connection: close']
const chunked = 'Transfer-Encoding: chunked'

/** What no upstream may ever see: each is correctly signed, but for what its name says. */
const refused: readonly (readonly [
  name: string,
  lines: readonly string[],
  body?: string,
  signedPath?: string,
])[] = [
  [
    'Content-Length and Transfer-Encoding',
    [post, ...rest, 'Content-Length: 5', chunked],
    `0\r\n\r\n${hidden}`,
  ],
  [
    'Transfer-Encoding and Content-Length',
    [post, ...rest, chunked, 'Content-Length: 5'],
    `0\r\n\r\n${hidden}`,
  ],
  ['two Content-Lengths', [post, ...rest, 'Content-Length: 1', 'Content-Length: 5'], 'abcde'],
  ['two equal Content-Lengths', [post, ...rest, 'Content-Length: 5', 'Content-Length: 5'], 'abcde'],
  ['a list of Content-Lengths', [post, ...rest, 'Content-Length: 5, 5'], 'abcde'],
  ['Content-Length with a sign', [post, ...rest, 'Content-Length: +5'], 'abcde'],
  ['a negative Content-Length', [post, ...rest, 'Content-Length: -5'], 'abcde'],
  ['a hexadecimal Content-Length', [post, ...rest, 'Content-Length: 0x5'], 'abcde'],
  ['a fractional Content-Length', [post, ...rest, 'Content-Length: 5.0'], 'abcde'],
  ['a Content-Length with a space inside', [post, ...rest, 'Content-Length: 1 5'], 'abcde'],
  ['an empty Content-Length', [post, ...rest, 'Content-Length:'], ''],
  ['an immense Content-Length', [post, ...rest, 'Content-Length: 99999999999999999999999'], 'abcde'],
  ['a Content-Length of sixteen digits', [post, ...rest, 'Content-Length: 1000000000000000'], 'abcde'],
  ['Transfer-Encoding: identity', [post, ...rest, 'Transfer-Encoding: identity'], 'abcde'],
  ['Transfer-Encoding: xchunked', [post, ...rest, 'Transfer-Encoding: xchunked'], '0\r\n\r\n'],
  [
    'Transfer-Encoding: chunked, identity',
    [post, ...rest, 'Transfer-Encoding: chunked, identity'],
    '0\r\n\r\n',
  ],
  ['Transfer-Encoding: gzip, chunked', [post, ...rest, 'Transfer-Encoding: gzip, chunked'], '0\r\n\r\n'],
  [
    'Transfer-Encoding: chunked, chunked',
    [post, ...rest, 'Transfer-Encoding: chunked, chunked'],
    '0\r\n\r\n',
  ],
  ['Transfer-Encoding twice', [post, ...rest, chunked, chunked], '0\r\n\r\n'],
  ['Transfer-Encoding twice, differently', [post, ...rest, chunked, 'Transfer-Encoding: x'], '0\r\n\r\n'],
  ['Transfer-Encoding in quotes', [post, ...rest, 'Transfer-Encoding: "chunked"'], '0\r\n\r\n'],
  ['Transfer-Encoding with a vertical tab', [post, ...rest, 'Transfer-Encoding: \x0bchunked'], '0\r\n\r\n'],
  ['Transfer-Encoding with a parameter', [post, ...rest, 'Transfer-Encoding: chunked;a=1'], '0\r\n\r\n'],
  ['an empty Transfer-Encoding', [post, ...rest, 'Transfer-Encoding:'], '0\r\n\r\n'],
  ['a space before the colon', [post, ...rest, 'Transfer-Encoding : chunked'], '0\r\n\r\n'],
  ['a tab before the colon', [post, ...rest, 'Content-Length\t: 5'], 'abcde'],
  ['a header without a colon', [get, ...rest, 'X-Nothing'], ''],
  ['a header without a name', [get, ...rest, ': value'], ''],
  ['a header name with a space', [get, ...rest, 'X Oauth User: 1'], ''],
  ['a header name with a control character', [get, ...rest, 'X-\x01: 1'], ''],
  ['a header name with an octet above 127', [get, ...rest, 'X-\xff: 1'], ''],
  ['a header value with NUL', [get, ...rest, 'X-A: a\0b'], ''],
  ['a header value with a lone CR', [get, ...rest, 'X-A: a\rX-Oauth-User: 1'], ''],
  ['a folded header', [get, ...rest, 'X-A: a', ' b'], ''],
  ['a folded header by a tab', [get, ...rest, 'X-A: a', '\tb'], ''],
  ['a folded Transfer-Encoding', [post, ...rest, 'Transfer-Encoding:', ' chunked'], '0\r\n\r\n'],
  ['a folded first header', [get, ' X-A: b', ...rest], ''],
  ['two Hosts', [get, ...rest, 'Host: other.example'], ''],
  ['two equal Hosts', [get, ...rest, 'Host: HOST'], ''],
  ['no Host', [get, 'Authorization: AUTH', 'Connection: close'], ''],
  ['a Host with a path', [get, 'Host: HOST/admin', 'Authorization: AUTH', 'Connection: close'], ''],
  ['an absolute target of another host', ['GET http://other.example/a HTTP/1.1', ...rest], ''],
  ['an absolute target with a name', ['GET http://me@HOST/a HTTP/1.1', ...rest], ''],
  ['an absolute target of another scheme', ['GET ftp://HOST/a HTTP/1.1', ...rest], ''],
  ['an authority as the target', ['GET HOST HTTP/1.1', ...rest], ''],
  ['CONNECT', ['CONNECT HOST HTTP/1.1', ...rest], ''],
  ['TRACE', ['TRACE /a HTTP/1.1', ...rest], ''],
  ['an asterisk', ['OPTIONS * HTTP/1.1', ...rest], ''],
  ['a target without a slash', ['GET a HTTP/1.1', ...rest], ''],
  ['a target with a space', ['GET /a b HTTP/1.1', ...rest], ''],
  ['a target with a fragment', ['GET /a#b HTTP/1.1', ...rest], ''],
  ['a dot segment', ['GET /a/../b HTTP/1.1', ...rest], '', '/a/../b'],
  ['an encoded dot segment', ['GET /a/%2e%2e/b HTTP/1.1', ...rest], '', '/a/%2e%2e/b'],
  ['an encoded slash', ['GET /a%2fb HTTP/1.1', ...rest], '', '/a%2fb'],
  ['an encoded backslash', ['GET /a%5cb HTTP/1.1', ...rest], '', '/a%5cb'],
  ['a backslash', ['GET /a\\b HTTP/1.1', ...rest], '', '/a\\b'],
  ['a twice encoded slash', ['GET /a%252fb HTTP/1.1', ...rest], '', '/a%252fb'],
  ['an overlong dot', ['GET /a/%c0%ae%c0%ae/b HTTP/1.1', ...rest], '', '/a'],
  ['an empty segment', ['GET //a HTTP/1.1', ...rest], '', '//a'],
  ['dots before a parameter', ['GET /a/..;/b HTTP/1.1', ...rest], '', '/a/..;/b'],
  ['an encoded NUL', ['GET /a%00 HTTP/1.1', ...rest], '', '/a%00'],
  ['a broken escape', ['GET /a%zz HTTP/1.1', ...rest], '', '/a%zz'],
  ['HTTP/0.9', ['GET /a', ...rest], ''],
  ['HTTP/2.0', ['GET /a HTTP/2.0', ...rest], ''],
  ['HTTP/1.2', ['GET /a HTTP/1.2', ...rest], ''],
  ['the preface of HTTP/2', ['PRI * HTTP/2.0', '', 'SM'], ''],
  ['a verb in small letters', ['get /a HTTP/1.1', ...rest], ''],
  ['an unknown verb', ['SMUGGLE /a HTTP/1.1', ...rest], ''],
  ['Transfer-Encoding in HTTP/1.0', ['POST /a HTTP/1.0', ...rest, chunked], '0\r\n\r\n'],
  ['two Authorizations', [get, ...rest, 'Authorization: Basic eDp5'], ''],
  [
    'two Content-Types',
    [post, ...rest, 'Content-Type: text/plain', 'Content-Type: text/html', 'Content-Length: 1'],
    'a',
  ],
  [
    'Connection that takes the type away',
    [post, ...rest, 'Connection: content-type', 'Content-Length: 1'],
    'a',
  ],
  [
    'Connection that takes the length away',
    [post, ...rest, 'Connection: Content-Length', 'Content-Length: 1'],
    'a',
  ],
  ['an unknown expectation', [post, ...rest, 'Expect: 200-ok', 'Content-Length: 1'], 'a'],
  ['too large a head', [get, ...rest, `X-A: ${'a'.repeat(20_000)}`], ''],
  ['lines that end with LF alone', [`${get}\nHost: HOST\nAuthorization: AUTH\n`], ''],
]

/** Bodies whose chunks are malformed: the upstream may see the beginning, and never the end. */
const brokenChunks: readonly (readonly [name: string, body: string])[] = [
  ['a chunk size with a sign', '+3\r\nabc\r\n0\r\n\r\n'],
  ['a chunk size with 0x', '0x3\r\nabc\r\n0\r\n\r\n'],
  ['a chunk size with a space before', ' 3\r\nabc\r\n0\r\n\r\n'],
  ['an empty chunk size', '\r\nabc\r\n0\r\n\r\n'],
  ['an immense chunk size', 'fffffffffffffffff\r\nabc\r\n0\r\n\r\n'],
  ['a chunk longer than its size', '3\r\nabcd\r\n0\r\n\r\n'],
  ['a chunk size that ends with LF alone', '3\nabc\r\n0\r\n\r\n'],
  ['a chunk that ends with LF alone', '3\r\nabc\n0\r\n\r\n'],
  ['a chunk extension with a lone CR', '3;a\rb\r\nabc\r\n0\r\n\r\n'],
  ['a chunk extension with LF', '3;a\nabc\r\n0\r\n\r\n'],
  ['no last chunk', '3\r\nabc\r\n'],
]

describe('a gateway refuses, before the upstream sees any of it,', () => {
  it.each(refused.map((row) => [row[0], row] as const))(
    '%s',
    async (_name, [, lines, body = '', path = '/a']) => {
      const before = file.upstream.seen.length
      const response = await sendRaw(
        file.setting.address,
        Buffer.from(rawRequest(lines, body, path), 'latin1'),
      )
      expect(response).toMatch(/^HTTP\/1\.1 4\d\d |^$/)
      expect(response).not.toMatch(/^HTTP\/1\.1 [1235]/m)
      expect(file.upstream.seen.slice(before)).toEqual([])
    },
  )
})

describe('a gateway never completes the request of', () => {
  it.each(brokenChunks)('%s', async (_name, body) => {
    const before = file.upstream.seen.length
    const response = await sendRaw(file.setting.address, rawRequest([post, ...rest, chunked], body, '/a'))
    expect(response).not.toMatch(/^HTTP\/1\.1 [123]/)
    expect(file.upstream.seen.slice(before).filter(({ isComplete }) => isComplete)).toEqual([])
  })
})

/** What passes, and what the upstream sees of it. */
const passing: readonly (readonly [
  name: string,
  lines: readonly string[],
  body: string,
  url: string,
  seen: string,
  path?: string,
])[] = [
  ['a chunked body', [post, ...rest, chunked], '3\r\nabc\r\n0\r\n\r\n', '/a', 'abc'],
  [
    'chunked in capitals',
    [post, ...rest, 'Transfer-Encoding: CHUNKED'],
    '3\r\nabc\r\n0\r\n\r\n',
    '/a',
    'abc',
  ],
  ['a chunk extension', [post, ...rest, chunked], '3;a=b\r\nabc\r\n0\r\n\r\n', '/a', 'abc'],
  [
    'trailers, which end here',
    [post, ...rest, chunked],
    '3\r\nabc\r\n0\r\nX-Oauth-User: 1\r\n\r\n',
    '/a',
    'abc',
  ],
  ['an absolute target of this host', ['GET http://HOST/a?b HTTP/1.1', ...rest], '', '/a?b', '', '/a?b'],
  ['an absolute target without a path', ['GET http://HOST HTTP/1.1', ...rest], '', '/', '', '/'],
  [
    'a second request after the length',
    [post, ...rest.slice(0, 2), 'Content-Length: 3'],
    `abc${hidden}`,
    '/a',
    'abc',
  ],
  ['a GET with a body', [get, ...rest, 'Content-Length: 3'], 'abc', '/a', 'abc'],
  [
    'lengths under other names',
    [post, ...rest, 'Content_Length: 1', 'Content-Length: 3'],
    'abc',
    '/a',
    'abc',
  ],
  [
    'codings under other names',
    [post, ...rest, 'Transfer_Encoding: chunked', 'Content-Length: 3'],
    'abc',
    '/a',
    'abc',
  ],
  [
    'an unknown upgrade',
    [get, 'Host: HOST', 'Authorization: AUTH', 'Connection: Upgrade', 'Upgrade: h2c'],
    '',
    '/a',
    '',
  ],
  ['HTTP/1.0', ['GET /a HTTP/1.0', ...rest], '', '/a', ''],
]

describe('a gateway passes on exactly what it checked of', () => {
  it.each(passing.map((row) => [row[0], row] as const))(
    '%s',
    async (_name, [, lines, body, url, seen, path = '/a']) => {
      const before = file.upstream.seen.length
      const response = await sendRaw(file.setting.address, rawRequest(lines, body, path))
      expect(response).toMatch(/^HTTP\/1\.1 200 /)
      const requests = file.upstream.seen.slice(before).filter(({ isComplete }) => isComplete)
      expect(requests.map((request) => [request.url, request.body])).toEqual([[url, seen]])
      const names = requests.flatMap(({ rawHeaders }) => rawHeaders.filter((_, at) => at % 2 === 0))
      const odd = names.filter((name) => /_|^(?:upgrade|te|trailer|expect|authorization)$/i.test(name))
      expect(odd).toEqual([])
      expect(names.filter((name) => /user/i.test(name))).toEqual(['x-oauth-user'])
    },
  )
})
