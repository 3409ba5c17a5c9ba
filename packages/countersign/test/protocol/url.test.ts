import { OAuth1Error, splitUrl } from 'countersign'
import { describe, expect, it } from 'vitest'

describe('splitUrl (§3.4.1.2)', () => {
  it.each<[name: string, url: string, baseUri: string, query?: string]>([
    ['no path', 'http://example.com', 'http://example.com/'],
    ['no path but a query', 'http://example.com?a=1', 'http://example.com/', 'a=1'],
    [
      'scheme and host in lower case, the path as it is',
      'HTTPS://Example.COM/PaTh',
      'https://example.com/PaTh',
    ],
    ['the default port of http', 'http://example.com:80/', 'http://example.com/'],
    ['the default port of https', 'https://example.com:443/', 'https://example.com/'],
    ["the other scheme's port", 'http://example.com:443/', 'http://example.com:443/'],
    ["the other scheme's port", 'https://example.com:80/', 'https://example.com:80/'],
    ['an empty port', 'http://example.com:/', 'http://example.com/'],
    ['another port', 'http://example.com:8080/x', 'http://example.com:8080/x'],
    ['a port that only begins like the default', 'http://example.com:800/', 'http://example.com:800/'],
    ['IPv6 with the default port', 'https://[2001:DB8::1]:443/x', 'https://[2001:db8::1]/x'],
    ['IPv6 with another port', 'http://[::1]:8080/', 'http://[::1]:8080/'],
    ['IPv6 without a port', 'http://[::1]/', 'http://[::1]/'],
    [
      'the path byte for byte',
      "http://e.com/a%2Fb/%7Euser/'(x)*;v=1/./../c//d%20",
      "http://e.com/a%2Fb/%7Euser/'(x)*;v=1/./../c//d%20",
    ],
    ['lower-case escapes stay', 'http://e.com/%c3%a9', 'http://e.com/%c3%a9'],
    ['a plus in the path', 'http://e.com/a+b', 'http://e.com/a+b'],
    ['an empty query', 'http://e.com/x?', 'http://e.com/x', ''],
    ['only the first question mark separates', 'http://e.com/x?a=?&b', 'http://e.com/x', 'a=?&b'],
    ['a URL in the query', 'http://e.com?u=http://x/y', 'http://e.com/', 'u=http://x/y'],
    ['the fragment left out', 'http://e.com/x?a=1#b?c', 'http://e.com/x', 'a=1'],
    ['a fragment with a question mark and no query', 'http://e.com/x#b?c', 'http://e.com/x', ''],
    ['user information left out', 'http://user:pass@e.com:8080/x', 'http://e.com:8080/x'],
    ['an at sign in the path', 'http://e.com/@x', 'http://e.com/@x'],
  ])('%s: %s', (_name, url, baseUri, query = '') => {
    expect(splitUrl(url)).toEqual({ baseUri, query, secure: baseUri.startsWith('https:') })
    // A second time, as from a cache.
    expect(splitUrl(url).baseUri).toBe(baseUri)
  })

  it.each([
    '',
    '/x?a=1',
    '//e.com/x',
    'ftp://e.com/',
    'httpss://e.com/',
    'http:/e.com/',
    'http:e.com',
    'http://',
    'http:///x',
    'http://?a',
    'http://:80/',
    'http://user@/',
    'http://e.com:port/',
    'http://e.com:80:80/',
    'http://[::1/',
    'http://::1/',
    'http://a@b@c/',
    'http://e.com\\@evil.com/',
    ' http://e.com/',
    '/x?http://e.com/',
  ])('refuses %j', (url) => {
    expect(() => splitUrl(url)).toThrow(OAuth1Error)
  })
})
