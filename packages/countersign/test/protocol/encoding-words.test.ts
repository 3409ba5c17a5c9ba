import { OAuth1Error } from 'countersign'
import {
  formatAuthorizationHeader,
  formOfOctets,
  parseAuthorizationHeader,
  parseForm,
  percentDecode,
  percentEncode,
  splitUrl,
  textFromOctets,
} from 'countersign/protocol'
import { describe, expect, it } from 'vitest'
import { percentDecodeLossless, skipUnreserved } from '../../src/protocol/encoding.ts'

const unreserved = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~'
const octets = Array.from({ length: 256 }, (_, octet) => octet)

function escapeOf(octet: number): string {
  return `%${octet.toString(16).toUpperCase().padStart(2, '0')}`
}

function isUnreserved(octet: number): boolean {
  return unreserved.includes(String.fromCharCode(octet))
}

describe('each octet has one encoding (§3.6)', () => {
  const encoded = octets.map((octet) => (isUnreserved(octet) ? String.fromCharCode(octet) : escapeOf(octet)))
  const ascii = octets.slice(0, 128)
  const inForm = (text: string) => parseForm(`a=${text}`)[0]?.value
  const inHeader = (text: string) => parseAuthorizationHeader(`OAuth a="${text}"`)?.parameters[0]?.value

  it('written by percentEncode', () => {
    expect(ascii.map((octet) => percentEncode(String.fromCharCode(octet)))).toEqual(encoded.slice(0, 128))
    expect(ascii.map((octet) => skipUnreserved(String.fromCharCode(octet), 0) === 1)).toEqual(
      ascii.map(isUnreserved),
    )
  })

  it('read from an escape', () => {
    const escapes = octets.map(escapeOf)
    expect(escapes.map(inForm)).toEqual(encoded)
    expect(escapes.map(inHeader)).toEqual(encoded)
  })

  it('read from an escape in lower case', () => {
    const escapes = octets.map((octet) => escapeOf(octet).toLowerCase())
    expect(escapes.slice(0, 128).map(inForm)).toEqual(encoded.slice(0, 128))
    expect(escapes.map(inHeader)).toEqual(encoded)
  })

  it('written for octets of which one is not UTF-8', () => {
    const written = octets.map((octet) => (octet < 128 ? String.fromCharCode(octet) : escapeOf(octet)))
    expect(octets.map((octet) => textFromOctets(Uint8Array.of(octet, 0xff)))).toEqual(
      written.map((text) => `${text}%FF`),
    )
  })
})

describe('a text of any length is encoded alike', () => {
  it.each([1, 340, 341, 342, 1_023, 1_024, 1_025, 3_072, 3_073, 9_217])('of %i characters', (length) => {
    for (const [sign, encoded] of [
      ['a', 'a'],
      ['%', '%25'],
      ['é', '%C3%A9'],
      ['☃', '%E2%98%83'],
    ] as const) {
      expect(percentEncode(sign.repeat(length))).toBe(encoded.repeat(length))
      expect(percentEncode(`/${sign.repeat(length - 1)}`)).toBe(`%2F${encoded.repeat(length - 1)}`)
      expect(parseForm(`a=+${sign.repeat(length)}`)).toEqual([
        { name: 'a', value: `%20${encoded.repeat(length)}` },
      ])
      // And then a short one.
      expect(percentEncode('é/')).toBe('%C3%A9%2F')
    }
  })
})

it('the place of the first character that is not unreserved is looked for from a place on', () => {
  expect(skipUnreserved('a/b', 0)).toBe(1)
  expect(skipUnreserved('a/b', 1)).toBe(1)
  expect(skipUnreserved('a/b', 2)).toBe(3)
  expect(skipUnreserved('a/b', 3)).toBe(3)
  expect(skipUnreserved('aé', 0)).toBe(1)
  // Its lower octet would be an a.
  expect(skipUnreserved('a\u0161', 0)).toBe(1)
  expect(skipUnreserved('', 0)).toBe(0)
})

describe('text is decoded for showing', () => {
  it.each([
    ['a+b', 'a+b'],
    ['a%20b%C3%A9', 'a bé'],
    ['%FF', '%FF'],
    ['%', '%'],
    ['', ''],
  ])('%j: %j', (text, shown) => {
    expect(percentDecodeLossless(text)).toBe(shown)
  })
})

describe('a refusal says why', () => {
  const stray =
    'A percent sign that begins no escape stands beside escapes or non-ASCII characters in the query or form; write it as %25.'
  const notUtf8 =
    'The query or form holds escapes that are not UTF-8 beside characters that RFC 5849 §3.6 writes in another way.'
  const lone = 'The request holds a lone surrogate, which cannot be written as UTF-8.'
  const beginning = 'A form must not begin with a byte order mark or a question mark; percent-encode it.'
  it.each<[name: string, run: () => unknown, told: string]>([
    ['a lone surrogate', () => percentEncode('a\ud800b'), lone],
    ['the other half of one', () => percentEncode('\udc00'), lone],
    ['two in the wrong order', () => percentEncode('\udc00\ud800'), lone],
    ['one in a form', () => parseForm('a=\ud800'), lone],
    ['one in a header', () => formatAuthorizationHeader([['a', '\ud800']]), lone],
    [
      'a malformed escape',
      () => percentDecode('%zz'),
      'A percent-encoded value of the request is malformed or not UTF-8.',
    ],
    ['a stray percent sign beside an escape', () => parseForm('a=%zz%20'), stray],
    ['a stray percent sign beside é', () => parseForm('a=%é'), stray],
    ['an escape that is not UTF-8', () => parseForm('a=%FF+'), notUtf8],
    [
      'a stray percent sign in a header',
      () => parseAuthorizationHeader('OAuth a="%"'),
      'The Authorization header holds a percent sign without two hex digits.',
    ],
    [
      'octets that are not UTF-8',
      () => formOfOctets(Uint8Array.of(0xff)),
      'The form holds octets that are not UTF-8; percent-encode them.',
    ],
    ['a byte order mark', () => formOfOctets(Buffer.from('\ufeffa')), beginning],
    ['a question mark', () => formOfOctets(Buffer.from('?a')), beginning],
    [
      'a space in a URL',
      () => splitUrl('http://e.com/ '),
      'The request URL holds a space or a control character.',
    ],
    [
      'text that is no URL',
      () => splitUrl('e.com'),
      'The request URL is not an absolute http or https URL with a valid host and port.',
    ],
    [
      'a bracket and an equals sign in a value',
      () => parseForm('a=]=b'),
      'A value in the query or form holds "]=", which some parsers take for the end of a name; write it as %5D%3D.',
    ],
    [
      'empty parameters among many',
      () => parseForm(`a%5b=1${'&'.repeat(100)}`),
      'A query or form with brackets and more than 100 parameters must not hold empty ones (&&, or & at an end).',
    ],
  ])('%s', (_name, run, told) => {
    expect(run).toThrow(new OAuth1Error('invalid_request', told))
  })

  it.each([
    ['a pair of surrogates', 'a😀b', 'a%F0%9F%98%80b'],
    ['é', 'é', '%C3%A9'],
  ])('but not %s', (_name, text, encoded) => {
    expect(percentEncode(text)).toBe(encoded)
  })
})

describe('an escape takes two hex digits', () => {
  it.each([
    ['%', '%25'],
    ['%4', '%254'],
    ['%4g', '%254g'],
    ['%g4', '%25g4'],
    ['%%', '%25%25'],
    ['a%', 'a%25'],
    ['%/', '%25%2F'],
    ['%\x7f', '%25%7F'],
    ['%:0', '%25%3A0'],
    ['%@0', '%25%400'],
    ['%`0', '%25%600'],
    ['%41', 'A'],
    ['x%41', 'xA'],
    ['%4aZ', 'JZ'],
    ['%2F%2f', '%2F%2F'],
    ['%2B+', '%2B%20'],
  ])('%j', (text, encoded) => {
    expect(parseForm(text)).toEqual([{ name: encoded, value: '' }])
  })
})
