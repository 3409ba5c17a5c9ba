import { OAuth1Request, parseAuthorizationHeader } from 'countersign/protocol'
import { describe, expect, it } from 'vitest'

const key = 'oauth_consumer_key="key"'
const nonce = 'oauth_nonce="abc"'

describe('a malformed Authorization header is refused with the words that lead to the fix', () => {
  it.each<[name: string, text: string, words: RegExp]>([
    ['a word', 'OAuth nonsense', /bare word/],
    ['a token alone', 'OAuth 00D50000000IehZ!AQcAQH0dMHZfz972Szmpkb', /bare word/],
    ['JSON', 'OAuth {"oauth_consumer_key": "key"}', /JSON/],
    ['colons', 'OAuth "oauth_consumer_key": "key"', /JSON/],
    ['an open quote', `OAuth ${key}, oauth_nonce="abc`, /does not end/],
    ['semicolons', `OAuth ${key}; ${nonce}`, /comma/],
    ['semicolons, no quotes', 'OAuth oauth_consumer_key=key; oauth_nonce=abc', /comma/],
    ['ampersands', `OAuth ${key}&${nonce}`, /comma/],
    ['ampersands, no quotes', 'OAuth oauth_consumer_key=key&oauth_nonce=abc', /comma/],
    ['spaces', `OAuth ${key} ${nonce}`, /comma/],
    ['spaces, no quotes', 'OAuth oauth_consumer_key=key oauth_nonce=abc', /comma/],
    ['typographic quotes', 'OAuth oauth_consumer_key=“key”, oauth_nonce=“abc”', /straight double/],
    ['their octets', 'OAuth oauth_consumer_key=\u00e2\u0080\u009ckey\u00e2\u0080\u009d', /straight double/],
    ['single quotes', "OAuth oauth_consumer_key='key', oauth_nonce='abc'", /straight double/],
    ['quotes of HTML', 'OAuth oauth_consumer_key=&quot;key&quot;', /straight double/],
    ['quotes escaped for a shell', 'OAuth oauth_consumer_key=\\"key\\"', /straight double/],
    ['percent-encoded quotes', 'OAuth oauth_consumer_key=%22key%22', /straight double/],
    ['a folded line', `OAuth ${key},\r\n  ${nonce}`, /one/],
    ['a line end in a value without quotes', 'OAuth oauth_nonce=ab\nc, a=1', /one/],
    ['a second scheme after it', `OAuth ${key}, Basic YTpi`, /more than one scheme/],
    ['itself twice', `OAuth ${key}, OAuth ${nonce}`, /more than one scheme/],
    ['a second scheme before it', `Basic YTpi, OAuth ${key}`, /more than one scheme/],
    ['a bearer token before it', `Bearer abc, OAuth ${key}`, /more than one scheme/],
    ['no scheme', `${key}, ${nonce}`, /does not begin/],
    ['a colon after the scheme', `OAuth: ${key}`, /does not begin/],
    ['a comma after the scheme', `OAuth,${key}`, /does not begin/],
    ['quotes around all of it', `"OAuth ${key}"`, /does not begin/],
    ['a space that is none', `OAuth\u00a0${key}`, /does not begin/],
    ['another version', `OAuth1 ${key}`, /does not begin/],
    ['the name of the header', `Authorization: OAuth ${key}`, /does not begin/],
    ['anything else', 'OAuth =', /not a list/],
  ])('%s', (_name, text, words) => {
    const refusal = expect.objectContaining({
      code: 'invalid_request',
      description: expect.stringMatching(words),
    })
    expect(() => parseAuthorizationHeader(text)).toThrow(refusal)
  })

  it.each([
    ['apostrophes inside a value', "OAuth a=it's, b=1"],
    ['quotes in quotes that were escaped', 'OAuth a="%22b%22"'],
    ['an escape at the beginning of a bare value', 'OAuth a=%20b'],
    ['the scheme in another case', `OAUTH ${key}`],
  ])('but not for %s', (_name, text) => {
    expect(parseAuthorizationHeader(text)).toBeDefined()
  })

  it.each(['Bearer oauth', 'Basic b2F1dGhfbm9uY2U9', 'OAuth2 abc', 'Digest username="oauth", realm="x"'])(
    'nor for one of another scheme: %s',
    (authorization) => {
      const request = OAuth1Request.parse({ method: 'GET', url: 'http://e.com/', headers: { authorization } })
      expect(request.place).toBeUndefined()
      expect(request.scheme).toBe(authorization.split(' ')[0])
    },
  )
})

it('the scheme is not shown where it may be a secret', () => {
  for (const authorization of [
    'secret',
    'c2VjcmV0LXRva2VuLW9mLXNvbWVib2R5',
    'abc=',
    '',
    `${'a'.repeat(21)} b`,
  ]) {
    const request = OAuth1Request.parse({ method: 'GET', url: 'http://e.com/', headers: { authorization } })
    expect(request.scheme).toBe('')
  }
  expect(OAuth1Request.parse({ method: 'GET', url: 'http://e.com/', headers: {} }).scheme).toBeUndefined()
})
