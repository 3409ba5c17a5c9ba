import { OAuth1Error } from './errors.ts'

const unreserved = /^[\w\-.~]*$/
const reservedByRfc3986 = /[!'()*]/g
const strayPercent = /%(?![0-9A-Fa-f]{2})/
const formPart = /\+|%[0-9A-Fa-f]{2}|%|[^\w\-.~%+]+/g
const headerPart = /%[0-9A-Fa-f]{2}|[^\w\-.~%]+/g

/** True when every character is of RFC 3986's unreserved set, so that encoding and decoding change nothing. */
export function isUnreserved(text: string): boolean {
  return unreserved.test(text)
}

/**
 * Percent-encodes text as §3.6 demands: UTF-8, upper-case hex, all but `A-Z a-z 0-9 - . _ ~` escaped.
 *
 * @throws OAuth1Error `invalid_request` for a lone surrogate, which has no UTF-8.
 * @example
 * ```ts
 * percentEncode('r b=%') // 'r%20b%3D%25'
 * ```
 */
export function percentEncode(text: string): string {
  if (unreserved.test(text)) return text
  try {
    return encodeURIComponent(text).replace(reservedByRfc3986, (c) => `%${hexOf(c.charCodeAt(0))}`)
  } catch {
    throw new OAuth1Error(
      'invalid_request',
      'The request holds a lone surrogate, which cannot be written as UTF-8.',
    )
  }
}

/**
 * Decodes what `percentEncode` wrote, once. A `+` stays a plus.
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

/** As `percentDecode`, but octets that are not UTF-8 stay escaped instead of being refused: for showing, not for deciding. */
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
 * so that octets that are not UTF-8 stay distinct. `+` is a space; a percent sign without two hex digits is itself.
 *
 * @example
 * ```ts
 * reencodeForm('2+q%2b') // '2%20q%2B'
 * ```
 */
export function reencodeForm(raw: string): string {
  return unreserved.test(raw) ? raw : raw.replace(formPart, canonicalPart)
}

/**
 * Brings one value of an Authorization header (§3.5.1) into the §3.6 encoding. Characters that a client should have
 * escaped but did not are taken as themselves, `+` included.
 *
 * @throws OAuth1Error `invalid_request` for a percent sign without two hex digits, or a raw character outside ASCII.
 */
export function reencodeHeader(raw: string): string {
  if (unreserved.test(raw)) return raw
  if (strayPercent.test(raw)) {
    throw new OAuth1Error(
      'invalid_request',
      'The Authorization header holds a percent sign without two hex digits.',
    )
  }
  return raw.replace(headerPart, canonicalPart)
}

/**
 * Text from raw octets such that no two inputs give the same text: UTF-8 where the octets are UTF-8,
 * otherwise every octet above 127 as its percent escape, which is what a form or a URL would have held.
 */
export function textFromOctets(octets: Uint8Array): string {
  try {
    return utf8.decode(octets)
  } catch {
    let text = ''
    for (const octet of octets) text += octet < 0x80 ? String.fromCharCode(octet) : `%${hexOf(octet)}`
    return text
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function canonicalPart(part: string): string {
  if (part === '+') return '%20'
  if (part === '%') return '%25'
  if (part.charCodeAt(0) !== 0x25) return percentEncode(part)
  const character = String.fromCharCode(Number.parseInt(part.slice(1), 16))
  return unreserved.test(character) ? character : part.toUpperCase()
}

function hexOf(octet: number): string {
  return octet.toString(16).toUpperCase().padStart(2, '0')
}
