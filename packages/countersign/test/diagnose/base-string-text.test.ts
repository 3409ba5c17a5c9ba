import { compareBaseStrings, isBaseString, parseBaseString } from 'countersign/diagnose'
import { describe, expect, it } from 'vitest'

const oauth =
  'oauth_consumer_key%3Dc%26oauth_nonce%3Dn%26oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D1'
const uri = 'https%3A%2F%2Fa.example%2Fx'
const right = `GET&${uri}&a%3D%2520%26${oauth}`

describe('a base string in text', () => {
  it('is read into its parts, decoded', () => {
    expect(parseBaseString(` ${right}\n`)).toEqual({
      verb: 'GET',
      uri: 'https://a.example/x',
      parameters: [
        ['a', ' '],
        ['oauth_consumer_key', 'c'],
        ['oauth_nonce', 'n'],
        ['oauth_signature_method', 'HMAC-SHA1'],
        ['oauth_timestamp', '1'],
      ],
      problems: [],
    })
  })

  it.each([
    [right, true],
    ['\n post&http%3a%2f%2fa', true],
    ['GET&https://a.example/&a=1', true],
    ['GET&https%253A%252F%252Fa', true],
    ['GET https://a.example/', false],
    ['curl https://a.example/?a&https%3A', false],
    ['', false],
  ])('%j is recognised: %s', (text, expected) => {
    expect(isBaseString(text)).toBe(expected)
    if (!expected) expect(() => parseBaseString(text)).toThrow('is not a base string')
  })

  it.each([
    [right.replace('GET', 'get'), 'The method is "get"'],
    [right.replace('%26oauth_nonce', '\n%26oauth_nonce'), 'white space or line breaks'],
    [right.replace(uri, 'https://a.example/x'), 'The URI is not percent-encoded'],
    [right.replace(uri, uri.toLowerCase()), 'The URI is not encoded as RFC 5849 §3.6'],
    [right.replace(uri, uri.replaceAll('%', '%25')), 'The URI is encoded twice'],
    [right.replace(uri, 'https%3A%2F%2FA.example%3A443%2Fx'), 'The URI must be https://a.example/x'],
    [right.replace(uri, 'https%3A%2F%2Fa.example'), 'The URI must be https://a.example/'],
    [right.replace(uri, `${uri}%3Fa%3D1`), 'holds a query'],
    [right.replace(uri, 'https%3A%2F%2F'), 'not an absolute http or https URL'],
    [`GET&${uri}`, 'the parameters are missing'],
    [`GET&${uri}&${decodeURIComponent(oauth)}`, 'not encoded as a whole'],
    [right.replace('%2520', '%20'), 'The parameter a is not encoded'],
    [right.replace('%2520', '%253d'), 'The parameter a is not encoded'],
    [right.replace('%3D%2520', ''), 'no "="'],
    [`GET&${uri}&${oauth}%26a%3D1`, 'a stands too late'],
    [
      right.replace('oauth_signature_method', 'oauth_signature%3D%26oauth_signature_method'),
      'holds oauth_signature',
    ],
    [right.replace('%26oauth_timestamp%3D1', ''), 'oauth_timestamp is missing'],
  ])('%j is malformed', (text, problem) => {
    const { problems, parameters } = parseBaseString(text)
    expect(problems).toEqual([expect.stringContaining(problem)])
    if (problem !== 'the parameters are missing')
      expect(parameters).toContainEqual(['oauth_consumer_key', 'c'])
  })
})

describe('two base strings', () => {
  /** The lines that differ, what differs in brackets. */
  const marked = (expected: string, given: string) =>
    compareBaseStrings(expected, given)
      .filter(({ differs }) => differs)
      .map((line) =>
        [line.expected, line.given].map((side) =>
          side.map(({ text, differs }) => (differs ? `[${text}]` : text)).join(''),
        ),
      )

  it.each<[string, string, string, string[][]]>([
    ['are equal', right, right, []],
    ['differ in the method', right, right.replace('GET', 'get'), [['[GET]&', '[get]&']]],
    [
      'differ in the scheme',
      right,
      right.replace('https', 'http'),
      [['http[s]%3A%2F%2Fa.example%2Fx&', 'http%3A%2F%2Fa.example%2Fx&']],
    ],
    [
      'differ in an escape, which is marked whole',
      right,
      right.replace('%2520', '%252B'),
      [['a%3D[%2520]%26', 'a%3D[%252B]%26']],
    ],
    [
      'have a parameter more',
      right,
      right.replace('oauth_nonce', 'b%3D1%26oauth_nonce'),
      [['', '[b%3D1]%26']],
    ],
    ['have a parameter less', right, right.replace('a%3D%2520%26', ''), [['[a%3D%2520]%26', '']]],
    [
      'have another order',
      'GET&http%3A%2F%2Fa&a%3D1%26b%3D2%26c%3D3',
      'GET&http%3A%2F%2Fa&b%3D2%26c%3D3%26a%3D1',
      [
        ['[a%3D1]%26', ''],
        ['', '[a%3D1]'],
      ],
    ],
    [
      'have two parameters in exchanged places',
      'GET&http%3A%2F%2Fa&a%3D1%26b%3D2%26c%3D3%26d%3D4',
      'GET&http%3A%2F%2Fa&d%3D4%26b%3D2%26c%3D3%26a%3D1',
      [
        ['[a%3D1]%26', ''],
        ['', '[d%3D4]%26'],
        ['[d%3D4]', ''],
        ['', '[a%3D1]'],
      ],
    ],
    [
      'have other names in the same places',
      'GET&http%3A%2F%2Fa&a%255B%255D%3D1',
      'GET&http%3A%2F%2Fa&a%255B0%255D%3D1',
      [['a%255B%255D%3D1', 'a%255B[0]%255D%3D1']],
    ],
    [
      'are encoded another number of times',
      'GET&http%3A%2F%2Fa&a%255B%3D1%26b%3D2',
      'GET&http%3A%2F%2Fa&a%25255B%253D1%2526b%253D2',
      [
        ['a[%255B%3D]1%26', 'a[%25255B%253D]1%2526'],
        ['b[%3D]2', 'b[%253D]2'],
      ],
    ],
    [
      'have nothing in common',
      'GET&http%3A%2F%2Fa&a%3D1',
      'x',
      [
        ['[GET]&', '[x]'],
        ['[http%3A%2F%2Fa]&', ''],
        ['[a%3D1]', ''],
      ],
    ],
  ])('%s', (_, expected, given, lines) => {
    expect(marked(expected, given)).toEqual(lines)
  })

  it('are whole again when the pieces of a side are joined', () => {
    const names = ['a', 'b%255B%255D', 'c', 'd', '%2520']
    let seed = 3
    const random = (limit: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
      return (seed >> 8) % limit
    }
    const made = () =>
      `GET&http%3A%2F%2Fa&${Array.from({ length: random(8) }, () => `${names[random(5)]}%3D${random(3)}`).join('%26')}`
    for (let round = 0; round < 500; round++) {
      const [expected, given] = [made(), made()]
      const lines = compareBaseStrings(expected, given)
      const joined = (side: 'expected' | 'given') =>
        lines.flatMap((line) => line[side].map(({ text }) => text)).join('')
      expect([joined('expected'), joined('given')]).toEqual([expected, given])
      expect(lines.some(({ differs }) => differs)).toBe(expected !== given)
    }
  })

  it('of twenty thousand parameters are compared', () => {
    const made = (value: string) =>
      `GET&http%3A%2F%2Fa&${Array.from({ length: 20_000 }, (_, at) => `p${at}%3D${value}`).join('%26')}`
    expect(compareBaseStrings(made('1'), made('2'))).toHaveLength(20_002)
  })
})
