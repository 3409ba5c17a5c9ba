import { OAuth1Error } from 'countersign'
import { formatAuthorizationHeader, parseAuthorizationHeader } from 'countersign/protocol'
import { describe, expect, it } from 'vitest'

function pairs(text: string): string[] | undefined {
  return parseAuthorizationHeader(text)?.parameters.map(({ name, value }) => `${name}=${value}`)
}

describe('parseAuthorizationHeader (§3.5.1)', () => {
  it.each<[name: string, text: string, expected: string[] | undefined]>([
    ['comma and space', 'OAuth a="1", b="2"', ['a=1', 'b=2']],
    ['comma alone', 'OAuth a="1",b="2"', ['a=1', 'b=2']],
    ['tabs and white space around everything', ' OAuth\ta = "1"\t ,\t b= "2" ', ['a=1', 'b=2']],
    ['the scheme in any case', 'oAUTH a="1"', ['a=1']],
    ['the scheme alone', 'OAuth', []],
    ['empty list elements (RFC 9110 §5.6.1)', 'OAuth ,a="1",, b="2",', ['a=1', 'b=2']],
    ['another scheme', 'Bearer abc', undefined],
    ['a scheme that only begins alike', 'OAuth2 a="1"', undefined],
    ['no header text', '', undefined],
    ['escaped values, in the canonical form', 'OAuth a="%2f%7e%C3%A9"', ['a=%2F~%C3%A9']],
    ['escaped names', 'OAuth oauth%5Ftoken="x"', ['oauth_token=x']],
    ['a name as long as realm', 'OAuth scope="1", a="2", REALM="r"', ['scope=1', 'a=2']],
    ['an empty value', 'OAuth oauth_token=""', ['oauth_token=']],
    ['a raw plus is a plus, unlike in a form', 'OAuth oauth_nonce="a+b/c="', ['oauth_nonce=a%2Bb%2Fc%3D']],
    ['values with raw = (Mastercard)', 'OAuth a="x=y==", b="2"', ['a=x%3Dy%3D%3D', 'b=2']],
    ['commas inside quotes', 'OAuth a="1,2", b="3"', ['a=1%2C2', 'b=3']],
    ['values without quotes', 'OAuth a=1, b=2', ['a=1', 'b=2']],
    ['white space after a value without quotes', 'OAuth a=1 \t, b= 2 ', ['a=1', 'b=2']],
    ['a raw plus without quotes', 'OAuth a=1+2', ['a=1%2B2']],
    ['a value decoded once', 'OAuth a="%2541"', ['a=%2541']],
    ['repeats, kept for the caller to refuse', 'OAuth a="1", a="2"', ['a=1', 'a=2']],
  ])('%s', (_name, text, expected) => {
    expect(pairs(text)).toEqual(expected)
  })

  it.each([
    ['first', 'OAuth realm="http://sp.example.com/:x", a="1"', 'http://sp.example.com/:x'],
    ['last', 'OAuth a="1", realm="http://sp.example.com/"', 'http://sp.example.com/'],
    ['in the middle, in any case', 'OAuth b="2", Realm="Photos", a="1"', 'Photos'],
    ['with commas and escaped quotes', 'OAuth realm="a, \\"b\\" \\\\", a="1"', 'a, "b" \\'],
    ['not percent-decoded', 'OAuth realm="a%20b", a="1"', 'a%20b'],
    ['empty', 'OAuth realm="", a="1"', ''],
    ['beginning with an escaped quote', 'OAuth realm="\\"x", a="1"', '"x'],
    ['ending in an escaped backslash', 'OAuth realm="\\\\", a="1"', '\\'],
    ['ending in an escaped quote after a backslash', 'OAuth realm="\\\\\\"", a="1"', '\\"'],
  ])('sets the realm apart: %s', (_name, text, realm) => {
    expect(parseAuthorizationHeader(text)?.realm).toBe(realm)
    expect(pairs(text)).toContain('a=1')
    expect(pairs(text)?.join()).not.toMatch(/realm/i)
  })

  it.each([
    ['a word', 'OAuth nonsense'],
    ['no name', 'OAuth ="1"'],
    ['another sign than the equals sign', 'OAuth a;"1"'],
    ['an open quote', 'OAuth a="1'],
    ['an escaped closing quote', 'OAuth a="1\\"'],
    ['no comma between pairs', 'OAuth a="1" b="2"'],
    ['nothing between pairs', 'OAuth a="1"b="2"'],
    ['a name of two words', 'OAuth a b="1"'],
    ['two Authorization headers that something joined', 'OAuth a="1", OAuth b="2"'],
    ['a second scheme after it', 'OAuth a="1", Basic abc'],
    ['two realms', 'OAuth realm="a", realm="b"'],
    ['a percent sign without hex digits', 'OAuth a="100%"'],
    ['a lone surrogate', 'OAuth a="\ud800"'],
    ['a line end before a name', 'OAuth \na="1"'],
  ])('refuses %s with a 400', (_name, text) => {
    expect(() => parseAuthorizationHeader(text)).toThrow(OAuth1Error)
    expect(() => parseAuthorizationHeader(text)).toThrow(expect.objectContaining({ status: 400 }))
  })
})

describe('formatAuthorizationHeader', () => {
  it('writes what parseAuthorizationHeader reads', () => {
    const text = formatAuthorizationHeader(
      [
        ['oauth_nonce', 'a b"\\,+='],
        ['x', 'é'],
      ],
      'My "realm" \\',
    )
    expect(text).toBe('OAuth realm="My \\"realm\\" \\\\", oauth_nonce="a%20b%22%5C%2C%2B%3D", x="%C3%A9"')
    expect(parseAuthorizationHeader(text)?.realm).toBe('My "realm" \\')
    expect(pairs(text)).toEqual(['oauth_nonce=a%20b%22%5C%2C%2B%3D', 'x=%C3%A9'])
  })

  it('writes no realm where there is none', () => {
    expect(formatAuthorizationHeader([['a', '1']])).toBe('OAuth a="1"')
    expect(formatAuthorizationHeader([])).toBe('OAuth ')
  })

  it('lets no line end through: a realm cannot add a header', () => {
    expect(formatAuthorizationHeader([['a', '1\r\nx']], 'r\r\nSet-Cookie: a=b')).toBe(
      'OAuth realm="rSet-Cookie: a=b", a="1%0D%0Ax"',
    )
  })
})

it('a second realm is told so', () => {
  expect(() => parseAuthorizationHeader('OAuth realm="a", REALM="b"')).toThrow(
    'The Authorization header holds realm twice.',
  )
})
