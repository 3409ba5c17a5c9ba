import { OAuth1Error } from 'countersign'
import { formOfOctets, percentDecode, percentEncode, textFromOctets } from 'countersign/protocol'
import { describe, expect, it } from 'vitest'

describe('percentEncode (§3.6)', () => {
  it.each([
    ['unreserved characters', 'abcXYZ019-._~', 'abcXYZ019-._~'],
    ['a space, never a plus', 'a b', 'a%20b'],
    ['a plus', 'a+b', 'a%2Bb'],
    ['a percent sign', '%20', '%2520'],
    ['what encodeURIComponent leaves', "!'()*", '%21%27%28%29%2A'],
    ['reserved characters', ':/?#[]@$&,;=', '%3A%2F%3F%23%5B%5D%40%24%26%2C%3B%3D'],
    ['control characters', '\u0000\r\n\u007f', '%00%0D%0A%7F'],
    ['UTF-8 of two, three and four octets', 'é☃😀', '%C3%A9%E2%98%83%F0%9F%98%80'],
    ['nothing', '', ''],
  ])('%s', (_name, text, encoded) => {
    expect(percentEncode(text)).toBe(encoded)
    expect(percentDecode(encoded)).toBe(text)
  })

  it('refuses a lone surrogate, which has no UTF-8', () => {
    expect(() => percentEncode('\ud800')).toThrow(OAuth1Error)
  })
})

describe('percentDecode', () => {
  it('takes lower-case hex', () => expect(percentDecode('a%2fb%c3%a9')).toBe('a/bé'))
  it('leaves a plus a plus', () => expect(percentDecode('a+b')).toBe('a+b'))
  it('decodes once', () => expect(percentDecode('%2541')).toBe('%41'))

  it.each([
    ['a stray percent sign', '100%'],
    ['one hex digit', '%4'],
    ['no hex digits', '%zz'],
    ['octets that are not UTF-8', '%FF'],
    ['an overlong form', '%C0%80'],
    ['a surrogate written as UTF-8', '%ED%A0%80'],
  ])('refuses %s', (_name, text) => {
    expect(() => percentDecode(text)).toThrow(OAuth1Error)
  })
})

describe('formOfOctets: what has one signature must be read alike', () => {
  it.each([
    ['octets that are not UTF-8', [0x61, 0x3d, 0xff]],
    ['a byte order mark', [0xef, 0xbb, 0xbf, 0x61]],
    ['a question mark at the beginning', [0x3f, 0x61]],
  ])('refuses %s', (_name, octets) => {
    expect(() => formOfOctets(Uint8Array.from(octets))).toThrow(OAuth1Error)
  })

  it.each(['', 'a=\ufeff', 'a=?', '%3Fa', 'a=é'])('takes %j', (text) => {
    expect(formOfOctets(Buffer.from(text))).toBe(text)
  })
})

describe('textFromOctets', () => {
  it.each([
    ['ASCII', [0x61, 0x3d, 0x31], 'a=1'],
    ['UTF-8', [0xc3, 0xa9], 'é'],
    ['a byte order mark, which was signed like anything else', [0xef, 0xbb, 0xbf, 0x61], '\ufeffa'],
    ['octets that are not UTF-8, escaped', [0x61, 0xff, 0x80], 'a%FF%80'],
    ['UTF-8 beside other octets', [0xc3, 0xa9, 0xff], '%C3%A9%FF'],
  ])('%s', (_name, octets, text) => {
    expect(textFromOctets(Uint8Array.from(octets))).toBe(text)
  })
})
