import {
  normalizeParameters,
  OAuth1Request,
  parseForm,
  signatureBaseString,
  splitUrl,
} from 'countersign/protocol'
import { describe, expect, it } from 'vitest'

function normalized(text: string): string {
  return normalizeParameters(parseForm(text))
}

describe('normalisation (§3.4.1.3.2)', () => {
  it.each([
    ['by name', 'b=1&a=2', 'a=2&b=1'],
    ['byte order: upper case before lower', 'a=1&B=2&_=3&9=4', '9=4&B=2&_=3&a=1'],
    ['repeated names by value', 'a=2&a=10&a=1', 'a=1&a=10&a=2'],
    ['equal pairs are all kept', 'a=1&a=1', 'a=1&a=1'],
    ['empty values first', 'a=1&a=&a', 'a=&a=&a=1'],
    ['the empty name first', 'a=1&=2', '=2&a=1'],
    ['names before joined text: a before a-b', 'a-b=1&a=2', 'a=2&a-b=1'],
    ['names before joined text: a before a1', 'a1=1&a=2', 'a=2&a1=1'],
    ['the encoded name decides: a/b is a%2Fb, and before a.b', 'a.b=1&a/b=2', 'a%2Fb=2&a.b=1'],
    ['the encoded name decides: é before a~', 'a~=1&aé=2', 'a%C3%A9=2&a~=1'],
    ['the encoded value decides', 'a=.&a=/', 'a=%2F&a=.'],
    ['astral characters by their octets', 'a=\uff5e&a=😀', 'a=%EF%BD%9E&a=%F0%9F%98%80'],
  ])('%s', (_name, text, expected) => {
    expect(normalized(text)).toBe(expected)
  })

  it('does not change its argument', () => {
    const parameters = parseForm('b=1&a=2')
    normalizeParameters(parameters)
    expect(parameters.map(({ name }) => name)).toEqual(['b', 'a'])
  })
})

describe('signatureBaseString (§3.4.1.1)', () => {
  it.each([
    ['the verb in upper case', 'get', 'http://e.com/', '', 'GET&http%3A%2F%2Fe.com%2F&'],
    ['a custom verb, encoded', 'M-SEARCH !', 'http://e.com/', '', 'M-SEARCH%20%21&http%3A%2F%2Fe.com%2F&'],
    [
      'a path whose escapes are encoded again',
      'GET',
      'http://e.com/a%20b',
      '',
      'GET&http%3A%2F%2Fe.com%2Fa%2520b&',
    ],
    ['raw Unicode in a path', 'GET', 'http://e.com/é', '', 'GET&http%3A%2F%2Fe.com%2F%C3%A9&'],
    [
      'parameters encoded twice',
      'GET',
      'http://e.com/',
      'a=b c&d[]=%2B',
      'GET&http%3A%2F%2Fe.com%2F&a%3Db%2520c%26d%255B%255D%3D%252B',
    ],
    ['empty pairs', 'GET', 'http://e.com/', '=&a', 'GET&http%3A%2F%2Fe.com%2F&%3D%26a%3D'],
  ])('%s', (_name, method, url, form, expected) => {
    expect(signatureBaseString(method, splitUrl(url).baseUri, parseForm(form))).toBe(expected)
  })

  it('cannot be the same for a parameter and for text that imitates one', () => {
    const texts = ['a=1&b=2', 'a=1%26b=2', 'a%3D1%26b=2', 'a%3D1=&b=2', 'a=1%2526b=2', 'a=1&=b&2']
    const bases = texts.map((text) => signatureBaseString('GET', 'http://e.com/', parseForm(text)))
    expect(new Set(bases).size).toBe(texts.length)
  })
})

describe("a request's base string", () => {
  const oauth = 'oauth_consumer_key=c&oauth_signature=s'

  it.each([
    [
      'leaves out oauth_signature and nothing else',
      `http://e.com/?${oauth}&oauth_signature2=x`,
      'oauth_consumer_key=c&oauth_signature2=x',
    ],
    ['signs a query parameter named realm', `http://e.com/?${oauth}&realm=x`, 'oauth_consumer_key=c&realm=x'],
    [
      'signs unknown oauth_ parameters',
      `http://e.com/?${oauth}&oauth_body_hash=x%3D`,
      'oauth_body_hash=x%3D&oauth_consumer_key=c',
    ],
    [
      "signs names in another case as the application's",
      `http://e.com/?${oauth}&OAUTH_TOKEN=x&Oauth_Signature=y`,
      'OAUTH_TOKEN=x&Oauth_Signature=y&oauth_consumer_key=c',
    ],
    [
      'keeps octets that are not UTF-8 as they are',
      `http://e.com/?${oauth}&a=%FF%FE`,
      'a=%FF%FE&oauth_consumer_key=c',
    ],
  ])('%s', (_name, url, normalizedText) => {
    const { baseString } = OAuth1Request.parse({ method: 'GET', url, headers: {} })
    expect(decodeURIComponent(baseString.split('&')[2] ?? '')).toBe(normalizedText)
  })

  it('signs plain parameters of the header, beside the same in the query', () => {
    const { baseString, parameters } = OAuth1Request.parse({
      method: 'GET',
      url: 'http://e.com/?a=1',
      headers: { authorization: 'OAuth realm="r", oauth_consumer_key="c", a="1"' },
    })
    expect(baseString).toBe('GET&http%3A%2F%2Fe.com%2F&a%3D1%26a%3D1%26oauth_consumer_key%3Dc')
    // All that was signed, though no framework shows its handlers the second.
    expect(parameters).toEqual([
      ['a', '1'],
      ['a', '1'],
    ])
  })

  it.each(['GET', 'PUT', 'PATCH', 'DELETE', 'POST'])('counts a form body under %s', (method) => {
    const { baseString } = OAuth1Request.parse({
      method,
      url: `http://e.com/?${oauth}`,
      headers: {},
      body: 'a=1',
    })
    expect(baseString).toBe(`${method}&http%3A%2F%2Fe.com%2F&a%3D1%26oauth_consumer_key%3Dc`)
  })
})
