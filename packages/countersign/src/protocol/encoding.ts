import { OAuth1Error } from './errors.ts'

const unreserved = /^[\w\-.~]*$/
/**
 * Where text is not in the §3.6 encoding yet: anything but unreserved characters and upper-case escapes of others.
 * One place is looked for, and not the whole text matched, because the regular expression's stack would grow with it.
 */
const notCanonical = /[^\w\-.~%]|%(?!(?:[0189A-F][0-9A-F]|2[0-9A-CF]|3[A-F]|40|5[B-E]|60|7[BCDF]))/
const strayPercent = /%(?![0-9A-Fa-f]{2})/
const formPart = /\+|%[0-9A-Fa-f]{2}|%|[^\w\-.~%+]+/g
const headerPart = /%[0-9A-Fa-f]{2}|[^\w\-.~%]+/g

/** 1 for the codes of RFC 3986's unreserved characters, which encoding and decoding leave alone. */
export const isUnreserved: Uint8Array = Uint8Array.from({ length: 256 }, (_, code) =>
  unreserved.test(String.fromCharCode(code)) ? 1 : 0,
)

/** The place of the first character at or behind `from` that is not unreserved; the length where there is none. */
export function skipUnreserved(text: string, from: number): number {
  let at = from
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code > 127 || isUnreserved[code] === 0) break
  }
  return at
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
  let at = skipUnreserved(text, 0)
  if (at === text.length) return text
  let encoded = text.slice(0, at)
  while (at < text.length) {
    const code = text.charCodeAt(at)
    const from = at
    if (code < 128) {
      encoded += asciiEscapes[code]
      at++
    } else {
      while (text.charCodeAt(at) > 127) at++
      encoded += escapeNonAscii(text.slice(from, at))
    }
    const plain = at
    at = skipUnreserved(text, at)
    if (at > plain) encoded += text.slice(plain, at)
  }
  return encoded
}

const asciiEscapes = Array.from({ length: 128 }, (_, code) => `%${hexOf(code)}`)

function escapeNonAscii(text: string): string {
  try {
    return encodeURIComponent(text)
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
  return notCanonical.test(raw) ? raw.replace(formPart, canonicalPart) : raw
}

/**
 * Brings one value of an Authorization header (§3.5.1) into the §3.6 encoding. Characters that a client should have
 * escaped but did not are taken as themselves, `+` included.
 *
 * @throws OAuth1Error `invalid_request` for a percent sign without two hex digits.
 */
export function reencodeHeader(raw: string): string {
  if (!notCanonical.test(raw)) return raw
  if (strayPercent.test(raw)) {
    throw new OAuth1Error(
      'invalid_request',
      'The Authorization header holds a percent sign without two hex digits.',
    )
  }
  return raw.replace(headerPart, (part) => (part === '+' ? '%2B' : canonicalPart(part)))
}

/**
 * Text from raw octets in which none is lost: UTF-8 where the octets are UTF-8, otherwise every octet above 127 as the
 * percent escape that stands for it in a form or a URL.
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
