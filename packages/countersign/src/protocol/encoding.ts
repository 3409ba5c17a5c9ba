import { OAuth1Error } from '../errors.ts'

const unreserved = /[\w\-.~]/
/**
 * Matches where text is not yet in the §3.6 encoding: anything but unreserved characters and upper-case escapes of
 * others. It searches for one place instead of matching the whole text, because the regular expression's stack would
 * grow with the text.
 */
const notCanonical = /[^\w\-.~%]|%(?!(?:[0189A-F][0-9A-F]|2[0-9A-CF]|3[A-F]|40|5[B-E]|60|7[BCDF]))/

/** 1 for the codes of RFC 3986's unreserved characters, which encoding and decoding leave alone. */
export const isUnreserved: Uint8Array = Uint8Array.from({ length: 256 }, (_, code) =>
  unreserved.test(String.fromCharCode(code)) ? 1 : 0,
)

/** The index of the first character at or after `from` that is not unreserved; the length if there is none. */
export function skipUnreserved(text: string, from: number): number {
  let at = from
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code > 127 || isUnreserved[code] === 0) break
  }
  return at
}

/**
 * Percent-encodes text as §3.6 requires: UTF-8, upper-case hex, everything but `A-Z a-z 0-9 - . _ ~` escaped.
 *
 * @throws OAuth1Error `invalid_request` for a lone surrogate, which has no UTF-8.
 * @example
 * ```ts
 * percentEncode('r b=%') // 'r%20b%3D%25'
 * ```
 */
export function percentEncode(text: string): string {
  if (skipUnreserved(text, 0) === text.length) return text
  const { octets, length } = octetsOf(text)
  return encodeOctets(octets, length)
}

/** A lone surrogate, which has no UTF-8, becomes the replacement character. */
export function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd')
}

/** Writes each byte as one or three, in one pass. */
function encodeOctets(octets: Uint8Array, length: number): string {
  const written = roomFor(3 * length)
  let end = 0
  for (let at = 0; at < length; at++) {
    const octet = octets[at] as number
    if (isUnreserved[octet] === 1) written[end++] = octet
    else {
      written[end] = percentSign
      written[end + 1] = highDigits[octet] as number
      written[end + 2] = lowDigits[octet] as number
      end += 3
    }
  }
  return written.toString('latin1', 0, end)
}

/**
 * Decodes the output of `percentEncode` once. A `+` stays a plus.
 *
 * @throws OAuth1Error `invalid_request` when an escape is malformed or the octets are not UTF-8.
 */
export function percentDecode(text: string): string {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    throw new OAuth1Error(
      'invalid_request',
      'A percent-encoded value of the request is malformed or not UTF-8.',
    )
  }
}

/**
 * Like `percentDecode`, but bytes that are not UTF-8 stay escaped instead of being refused: for display, not for
 * decisions.
 */
export function percentDecodeLossless(text: string): string {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/**
 * Brings one name or value of a query or form (HTML 4.01 §17.13.4) into the §3.6 encoding without decoding it to text,
 * so that bytes that are not UTF-8 stay distinct. `+` is a space; a percent sign without two hex digits stands for
 * itself.
 *
 * Many spellings have the same encoding, and so the same signature. Spellings that parsers read differently are
 * refused: otherwise anyone in transit could replace one by another, and the application would read text that no client
 * signed.
 *
 * @throws OAuth1Error `invalid_request` for a stray percent sign beside an escape or characters beyond ASCII, for bytes
 *   that are not UTF-8 in any but the §3.6 encoding, and for a lone surrogate.
 * @example
 * ```ts
 * reencodeForm('2+q%2b') // '2%20q%2B'
 * ```
 */
export function reencodeForm(raw: string): string {
  if (!notCanonical.test(raw)) return raw
  const { encoded, hasEscape, hasStray, isAscii, isUtf8 } = reencode(raw, space)
  // qs and fast-querystring leave the whole text undecoded if one escape is malformed or not UTF-8; Node's parser may
  // then lose non-ASCII characters.
  if (hasStray && (hasEscape || !isAscii)) {
    throw new OAuth1Error(
      'invalid_request',
      'A percent sign that begins no escape stands beside escapes or non-ASCII characters in the query or form; write it as %25.',
    )
  }
  if (!isUtf8) {
    throw new OAuth1Error(
      'invalid_request',
      'The query or form holds escapes that are not UTF-8 beside characters that RFC 5849 §3.6 writes in another way.',
    )
  }
  return encoded
}

/**
 * Brings one value of an Authorization header (§3.5.1) into the §3.6 encoding. Characters that a client should have
 * escaped but did not, `+` included, stand for themselves.
 *
 * @throws OAuth1Error `invalid_request` for a percent sign without two hex digits.
 */
export function reencodeHeader(raw: string): string {
  if (!notCanonical.test(raw)) return raw
  const { encoded, hasStray } = reencode(raw, plus)
  if (hasStray) {
    throw new OAuth1Error(
      'invalid_request',
      'The Authorization header holds a percent sign without two hex digits.',
    )
  }
  return encoded
}

interface Reencoded {
  readonly encoded: string
  readonly hasEscape: boolean
  /** There is a percent sign without two hex digits. */
  readonly hasStray: boolean
  readonly isAscii: boolean
  readonly isUtf8: boolean
}

/** Decodes the bytes in place, and encodes them again. */
function reencode(raw: string, plusMeans: number): Reencoded {
  const { octets, length } = octetsOf(raw)
  let hasEscape = false
  let hasStray = false
  let isAscii = true
  let decoded = 0
  for (let at = 0; at < length; at++) {
    let octet = octets[at] as number
    if (octet === plus) octet = plusMeans
    else if (octet === percentSign) {
      const escaped = at + 2 < length ? octetOf(octets[at + 1] as number, octets[at + 2] as number) : notHex
      if (escaped === notHex) hasStray = true
      else {
        hasEscape = true
        octet = escaped
        at += 2
      }
    }
    if (octet > 127) isAscii = false
    octets[decoded++] = octet
  }
  return {
    encoded: encodeOctets(octets, decoded),
    hasEscape,
    hasStray,
    isAscii,
    isUtf8: isAscii || utf8Text(octets.subarray(0, decoded)) !== undefined,
  }
}

/**
 * The text of a form's bytes. Refuses bytes that parsers change although they leave the equivalent escapes, which have
 * the same signature: parsers replace bytes that are not UTF-8, and drop a leading byte order mark and, in
 * `URLSearchParams`, a leading question mark.
 *
 * @throws OAuth1Error `invalid_request`
 */
export function formOfOctets(octets: Uint8Array): string {
  const text = utf8Text(octets)
  if (text !== undefined && !/^[\ufeff?]/.test(text)) return text
  throw new OAuth1Error(
    'invalid_request',
    text === undefined
      ? 'The form holds octets that are not UTF-8; percent-encode them.'
      : 'A form must not begin with a byte order mark or a question mark; percent-encode it.',
  )
}

/**
 * Text from raw bytes, without loss: UTF-8 if the bytes are UTF-8, otherwise every byte above 127 as its percent escape
 * in a form or a URL.
 */
export function textFromOctets(octets: Uint8Array): string {
  const text = utf8Text(octets)
  if (text !== undefined) return text
  return Array.from(octets, (octet) => (octet < 0x80 ? String.fromCharCode(octet) : escapes[octet])).join('')
}

function utf8Text(octets: Uint8Array): string | undefined {
  try {
    return utf8.decode(octets)
  } catch {
    return undefined
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The UTF-8 of a text, in a buffer that the next call may overwrite. */
function octetsOf(text: string): { readonly octets: Buffer; readonly length: number } {
  const octets = 3 * text.length <= scratch.length ? scratch : Buffer.allocUnsafe(Buffer.byteLength(text))
  const length = octets.write(text)
  if (length !== text.length && loneSurrogate.test(text)) {
    throw new OAuth1Error(
      'invalid_request',
      'The request holds a lone surrogate, which cannot be written as UTF-8.',
    )
  }
  return { octets, length }
}

const loneSurrogate = /\p{Surrogate}/u

/** A buffer to write to, which the next call may overwrite. */
function roomFor(length: number): Buffer {
  return length <= room.length ? room : Buffer.allocUnsafe(length)
}

const scratch = Buffer.alloc(3_072)
const room = Buffer.alloc(3 * scratch.length)

/** The byte that two hex digits stand for, in either case, or `notHex`. */
function octetOf(high: number, low: number): number {
  const value = 16 * (digitValue[high] as number) + (digitValue[low] as number)
  return value < 256 ? value : notHex
}

const notHex = 256
const space = 0x20
const percentSign = 0x25
const plus = 0x2b
const digits = Buffer.from('0123456789ABCDEF')
/** The two digits of each octet, and its whole escape. */
const highDigits = Uint8Array.from({ length: 256 }, (_, octet) => digits[octet >> 4] as number)
const lowDigits = Uint8Array.from({ length: 256 }, (_, octet) => digits[octet & 15] as number)
const escapes = Array.from(highDigits, (high, octet) =>
  String.fromCharCode(percentSign, high, lowDigits[octet] as number),
)
/** The values of hex digits. Anything else yields a value above 255. */
const digitValue = new Uint16Array(256).fill(256)
for (let value = 0; value < 16; value++) {
  digitValue[digits[value] as number] = value
  digitValue[value.toString(16).charCodeAt(0)] = value
}
