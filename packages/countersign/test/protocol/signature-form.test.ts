import { asymmetric, builtInSignatureMethods, OAuth1Error, symmetric } from 'countersign'
import { describe, expect, it } from 'vitest'
import { checkSignatureForm } from '../../src/protocol/signature-form.ts'

const hmac = { ...symmetric(() => ''), digestLength: 20 }
const asked = [hmac, asymmetric(() => true), builtInSignatureMethods['HMAC-SHA512']].flatMap(
  (one) => one ?? [],
)
const notAsked = [symmetric(() => ''), builtInSignatureMethods['PLAINTEXT']].flatMap((one) => one ?? [])

const lineBreaks = 'holds line breaks; send the base64 text in one line'
const aSpace =
  'holds a space, as a plus in a query or form is read; percent-encode each + of the signature as %2B'
const twice = 'was percent-encoded twice; encode it once'
const quotes = 'holds quotes; send the base64 text alone'
const hexadecimal = 'is in hexadecimal; send the octets of the digest in base64'
const ofUrls =
  'is in the alphabet of URLs; use the alphabet of RFC 4648 §4, with + and / in the place of - and _'
const padding = 'lacks the = at its end; percent-encode each as %3D'

describe('a signature in another spelling is told so', () => {
  it.each<[words: string, signature: string]>([
    [lineBreaks, 'AAAA\rAAAA'],
    [lineBreaks, 'AAAA\n'],
    [lineBreaks, '\tAAAA'],
    [lineBreaks, '"AA AA\n%2B"'],
    [aSpace, 'AAA AAAA'],
    [aSpace, '"AAA %2B"'],
    [twice, 'AAAA%2BAAA'],
    [twice, 'AAAA%2fAAA'],
    [twice, 'AAAAAA%3D'],
    [twice, '"AAAA%3d"'],
    [quotes, '"AAAA"'],
    [quotes, "'AAAA'"],
    [quotes, '""'],
    [hexadecimal, '0123456789abcdef'.repeat(3).slice(0, 40)],
    [hexadecimal, 'F'.repeat(40)],
    [hexadecimal, '0'.repeat(64)],
    [hexadecimal, '9e'.repeat(64)],
    [ofUrls, `-${'a'.repeat(26)}`],
    [ofUrls, `${'a'.repeat(26)}_`],
    [ofUrls, `${'a'.repeat(20)}-${'0'.repeat(6)}=`],
    [ofUrls, `${'Z'.repeat(20)}_${'9'.repeat(22)}==`],
    [ofUrls, `${'a'.repeat(28)}-_==`],
    [ofUrls, `${'a'.repeat(28)}-_-=`],
    [padding, 'a'.repeat(26)],
    [padding, '+/Zz09'.repeat(5).slice(0, 27)],
    [padding, `${'A'.repeat(26)}=`],
    [padding, `${'A'.repeat(27)}==`],
    [padding, '0'.repeat(39)],
    [padding, '0'.repeat(41)],
    [padding, `${'0'.repeat(129)}`],
  ])('%s: %j', (words, signature) => {
    for (const method of asked)
      expect(() => checkSignatureForm(method, signature)).toThrow(
        new OAuth1Error('invalid_signature', `oauth_signature ${words}.`),
      )
    for (const method of notAsked) expect(() => checkSignatureForm(method, signature)).not.toThrow()
  })

  it.each<[name: string, signature: string]>([
    ['nothing', ''],
    ['base64', 'AZaz09+/'],
    ['base64 that ends in one =', 'AZaz09+='],
    ['base64 that ends in two', 'AZaz09=='],
    ['a digest', `${'A'.repeat(26)}==`],
    ['a longer one', `${'z'.repeat(87)}=`],
    ['base64 of hexadecimal digits alone, of another length', 'abcdef0123456789abcdef012345'],
    ['44 of them', 'ab12'.repeat(11)],
    ['132 of them', 'ab12'.repeat(33)],
    ['a hexadecimal text of 40 digits and more', `${'0'.repeat(40)}zzzz`],
    ['a made-up text', 'wrong'],
    ['a made-up text, in the alphabet of URLs', `a-${'b'.repeat(24)}`],
    ['a text that is too short for a digest', 'A'.repeat(25)],
    ['three =', `${'A'.repeat(26)}===`],
    ['three = in the alphabet of URLs', `-${'A'.repeat(26)}===`],
    ['= in the middle', `${'A'.repeat(26)}=A`],
    ['another sign before it', `.${'A'.repeat(26)}`],
    ['another sign before the alphabet of URLs', `.-${'A'.repeat(26)}`],
    ['another escape', 'AAAA%2A'],
    ['a quote at the beginning alone', '"AAAA'],
    ['a quote at the end alone', "AAAA'"],
    ['quotes in the middle', 'A"A"A'],
    ['quotes around the end', 'A"AA"'],
    ['quotes around the beginning', "'AA'A"],
  ])('but not %s', (_name, signature) => {
    for (const method of [...asked, ...notAsked])
      expect(() => checkSignatureForm(method, signature)).not.toThrow()
  })
})
