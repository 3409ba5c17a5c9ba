import { OAuth1Error } from 'countersign'
import {
  formatAuthorizationHeader,
  normalizeParameters,
  OAuth1Request,
  parseAuthorizationHeader,
  parseForm,
  percentDecode,
  percentEncode,
  splitUrl,
  textFromOctets,
} from 'countersign/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

/** Any UTF-16 text, lone surrogates included. */
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 40 })
    .map((codes) => String.fromCharCode(...codes)),
)
/** Text that a parser is likely to trip over. */
const nearlyText = fc
  .array(
    fc.constantFrom(
      'oauth_token',
      'oauth_nonce',
      'oauth_version',
      'realm',
      '=',
      '"',
      ',',
      '&',
      ' ',
      '\\',
      '%',
      '%ff',
      '%2',
      '%6F',
      '+',
      ';',
      '[',
      '?',
      '#',
      '/',
      ':',
      '@',
      '1.0',
      'é',
      '\ud800',
      '\t',
      '\n',
      '\0',
    ),
    { maxLength: 25 },
  )
  .map((pieces) => pieces.join(''))
const hostile = fc.oneof(anyText, nearlyText)
/** Text that has UTF-8. */
const text = fc.string({ unit: 'binary', maxLength: 40 })
const pairs = fc.array(fc.tuple(text, text), { maxLength: 12 })

/** Runs it and returns its result, or undefined where it refused; any other exception fails the test. */
function total<T>(run: () => T): T | undefined {
  try {
    return run()
  } catch (error) {
    if (error instanceof OAuth1Error) return undefined
    throw error
  }
}

describe('parsing is total: any text gives a result or an OAuth1Error', () => {
  it('a request, its base string and its parameters', () => {
    const url = fc.oneof(
      hostile,
      hostile.map((rest) => `http://e.com/${rest}`),
      hostile.map((rest) => `https://e.com?${rest}`),
    )
    const authorization = fc.option(
      fc.oneof(
        hostile,
        hostile.map((rest) => `OAuth ${rest}`),
        fc.array(hostile),
      ),
      { nil: undefined },
    )
    const body = fc.option(hostile, { nil: undefined })
    let parsed = 0
    fc.assert(
      fc.property(hostile, url, authorization, body, (method, url, authorization, body) => {
        total(() => {
          const request = OAuth1Request.parse({ method, url, headers: { authorization }, body })
          parsed++
          expect(typeof request.baseString).toBe('string')
          expect(Array.isArray(request.parameters)).toBe(true)
        })
      }),
      { numRuns: 3_000 },
    )
    // The generators must not be so hostile that nothing is ever parsed.
    expect(parsed).toBeGreaterThan(100)
  })

  it.each<[string, (text: string) => unknown]>([
    ['parseAuthorizationHeader', (text) => parseAuthorizationHeader(`OAuth ${text}`)],
    ['parseForm', parseForm],
    ['splitUrl', (text) => splitUrl(`http://${text}`)],
    ['percentEncode', percentEncode],
    ['percentDecode', percentDecode],
  ])('%s', (_name, parse) => {
    fc.assert(
      fc.property(hostile, (text) => void total(() => parse(text))),
      { numRuns: 1_000 },
    )
  })

  it('any octets become text that a form can be read from', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 30 }), (octets) => {
        const [parameter] = parseForm(textFromOctets(octets).replace(/[&=+%]/g, '.'))
        expect(parameter === undefined).toBe(octets.length === 0)
      }),
    )
  })
})

describe('round trips', () => {
  it('percentDecode undoes percentEncode, which writes only unreserved characters and upper-case escapes', () => {
    fc.assert(
      fc.property(text, (text) => {
        const encoded = percentEncode(text)
        expect(encoded).toMatch(/^(?:[A-Za-z0-9\-._~]|%[0-9A-F]{2})*$/)
        expect(percentDecode(encoded)).toBe(text)
      }),
    )
  })

  it('a form written by the URL standard is read with its pairs and order', () => {
    fc.assert(
      fc.property(pairs, (pairs) => {
        const read = parseForm(new URLSearchParams(pairs).toString())
        expect(read.map(({ name, value }) => [percentDecode(name), percentDecode(value)])).toEqual(pairs)
      }),
    )
  })

  it('a written header is read again', () => {
    const name = fc
      .string({ unit: fc.constantFrom(...'abcXYZ019_-.~'), minLength: 1, maxLength: 8 })
      .filter((n) => n.toLowerCase() !== 'realm')
    fc.assert(
      fc.property(fc.array(fc.tuple(name, text)), text, (pairs, realm) => {
        const read = parseAuthorizationHeader(formatAuthorizationHeader(pairs, realm))
        expect(read?.parameters.map(({ name, value }) => [name, percentDecode(value)])).toEqual(pairs)
        // biome-ignore lint/suspicious/noControlCharactersInRegex: they are left out
        expect(read?.realm).toBe(realm.replace(/[\u0000-\u001f\u007f]/g, ''))
      }),
    )
  })

  it('octets come back, UTF-8 or not', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 20 }), (octets) => {
        const escaped = Array.from(octets, (octet) => {
          const character = String.fromCharCode(octet)
          if (/[\w\-.~]/.test(character)) return character
          return `%${octet.toString(16).toUpperCase().padStart(2, '0')}`
        }).join('')
        const value = parseForm(`a=${escaped}`)[0]?.value ?? ''
        expect(Uint8Array.from(octetsOf(value))).toEqual(octets)
      }),
    )
  })
})

describe('normalisation', () => {
  it('is the same for every order of the same pairs', () => {
    const shuffled = pairs.chain((pairs) =>
      fc.tuple(fc.constant(pairs), fc.shuffledSubarray(pairs, { minLength: pairs.length })),
    )
    fc.assert(
      fc.property(shuffled, ([pairs, other]) => {
        expect(normalizeParameters(encoded(other))).toBe(normalizeParameters(encoded(pairs)))
      }),
    )
  })

  it('is different for different pairs', () => {
    const sorted = (pairs: [string, string][]) =>
      JSON.stringify(pairs.map((pair) => JSON.stringify(pair)).sort())
    const small = fc.array(
      fc.tuple(fc.constantFrom('', 'a', '&', '=', 'a='), fc.constantFrom('', '1', '&', '=', '&a=1')),
      { maxLength: 3 },
    )
    fc.assert(
      fc.property(small, small, (one, other) => {
        const same = normalizeParameters(encoded(one)) === normalizeParameters(encoded(other))
        // No pair and the empty pair differ by an equals sign.
        expect(same).toBe(sorted(one) === sorted(other))
      }),
      { numRuns: 2_000 },
    )
  })
})

function encoded(pairs: readonly [string, string][]) {
  return pairs.map(([name, value]) => ({ name: percentEncode(name), value: percentEncode(value) }))
}

function octetsOf(encodedText: string): number[] {
  const pieces = encodedText.match(/%[0-9A-F]{2}|./g) ?? []
  return pieces.map((piece) =>
    piece.length === 3 ? Number.parseInt(piece.slice(1), 16) : piece.charCodeAt(0),
  )
}
