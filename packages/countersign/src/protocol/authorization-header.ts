import { OAuth1Error } from '../errors.ts'
import { percentEncode, reencodeHeader, skipUnreserved } from './encoding.ts'
import { checkBareValue, checkOtherScheme, malformedHeader } from './header-faults.ts'
import type { Parameter } from './parameters.ts'

/** A parsed `Authorization: OAuth …` header, with the realm apart, because it is never signed (§3.4.1.3.1). */
export interface AuthorizationHeader {
  readonly realm: string | undefined
  readonly parameters: Parameter[]
}

const scheme = /^[ \t]*oauth(?:[ \t]+|$)/i
const token = /^[\w!#$%&'*+.^`|~-]+$/

/**
 * Parses the header of §3.5.1, or returns undefined for another scheme (`Bearer`, `Basic`). Pairs are separated by a
 * comma and optional white space; the realm may stand anywhere and hold any character.
 *
 * @throws OAuth1Error `invalid_request` when the text is not a list of `name="value"`, or names our parameters under
 * another scheme.
 * @example
 * ```ts
 * parseAuthorizationHeader('OAuth realm="Photos", oauth_nonce="a%20b"')
 * // { realm: 'Photos', parameters: [{ name: 'oauth_nonce', value: 'a%20b' }] }
 * ```
 */
export function parseAuthorizationHeader(text: string): AuthorizationHeader | undefined {
  const start = scheme.exec(text)
  if (start === null) {
    checkOtherScheme(text)
    return undefined
  }
  const parameters: Parameter[] = []
  let realm: string | undefined
  let at = skipSeparators(text, start[0].length)
  while (at < text.length) {
    const nameEnd = skipUnreserved(text, at)
    const valueStart = nameEnd + 2
    const isUsual =
      nameEnd > at && text.charCodeAt(nameEnd) === equalsSign && text.charCodeAt(nameEnd + 1) === quote
    const pair = isUsual ? quotedPair(text, text.slice(at, nameEnd), valueStart) : unusualPair(text, at)
    at = pair.end
    if (pair.name.length === 5 && pair.name.toLowerCase() === 'realm') {
      if (realm !== undefined)
        throw new OAuth1Error('invalid_request', 'The Authorization header holds realm twice.')
      realm = pair.value.replace(/\\(.)/g, '$1')
    } else {
      parameters.push({ name: pair.name, value: pair.isPlain ? pair.value : reencodeHeader(pair.value) })
    }
  }
  return { realm, parameters }
}

interface Pair extends Parameter {
  /** The value has only unreserved characters, so it is already encoded. */
  readonly isPlain: boolean
  /** Where the next pair begins. */
  readonly end: number
}

/** A pair whose quoted value begins at `from`. Almost all are plain and scanned only once. */
function quotedPair(text: string, name: string, from: number): Pair {
  const plainEnd = skipUnreserved(text, from)
  const isPlain = text.charCodeAt(plainEnd) === quote
  const valueEnd = isPlain ? plainEnd : closingQuote(text, from)
  return { name, value: text.slice(from, valueEnd), isPlain, end: endOfPair(text, valueEnd + 1) }
}

/** A pair with an escaped name, white space around the equals sign, or no quotes. */
function unusualPair(text: string, start: number): Pair {
  const equals = text.indexOf('=', start)
  const name = text.slice(start, equals).trimEnd()
  if (equals === -1 || !token.test(name)) throw malformed(text)
  let from = equals + 1
  while (isSpace(text.charCodeAt(from))) from++
  if (text.charCodeAt(from) === quote) return quotedPair(text, reencodeHeader(name), from + 1)
  const separator = text.indexOf(',', from)
  const end = separator === -1 ? text.length : separator
  const value = text.slice(from, end).trimEnd()
  checkBareValue(value)
  return {
    name: reencodeHeader(name),
    value,
    isPlain: false,
    end: endOfPair(text, end),
  }
}

/** After a pair comes a comma or nothing: `a="1"b="2"` is not a list. */
function endOfPair(text: string, from: number): number {
  let at = from
  while (isSpace(text.charCodeAt(at))) at++
  if (at < text.length && text.charCodeAt(at) !== comma) throw malformed(text)
  return skipSeparators(text, at)
}

const equalsSign = 0x3d
const quote = 0x22
const backslash = 0x5c
const comma = 0x2c

/** Where the quoted string that starts at `from` ends; a backslash quotes the next character (RFC 2617 §1.2). */
function closingQuote(text: string, from: number): number {
  let end = text.indexOf('"', from)
  while (end !== -1 && isQuoted(text, end)) end = text.indexOf('"', end + 1)
  if (end === -1) throw malformed(text)
  return end
}

/** Whether an odd number of backslashes precedes this position; they end at the opening quote. */
function isQuoted(text: string, at: number): boolean {
  let backslashes = 0
  while (text.charCodeAt(at - 1 - backslashes) === backslash) backslashes++
  return backslashes % 2 === 1
}

function skipSeparators(text: string, from: number): number {
  let at = from
  while (isSeparator(text.charCodeAt(at))) at++
  return at
}

function isSeparator(code: number): boolean {
  return code === comma || isSpace(code)
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x09
}

function malformed(text: string): OAuth1Error {
  return malformedHeader(text.replace(scheme, ''))
}

/**
 * Writes the header of §3.5.1 from decoded values.
 *
 * @example
 * ```ts
 * formatAuthorizationHeader([['oauth_nonce', 'a b']], 'Photos') // 'OAuth realm="Photos", oauth_nonce="a%20b"'
 * ```
 */
export function formatAuthorizationHeader(
  parameters: Iterable<readonly [name: string, value: string]>,
  realm?: string,
): string {
  const pairs = realm === undefined ? [] : [`realm="${quoteRealm(realm)}"`]
  for (const [name, value] of parameters) pairs.push(`${percentEncode(name)}="${percentEncode(value)}"`)
  return `OAuth ${pairs.join(', ')}`
}

/** A realm as a quoted string: quote and backslash escaped, control characters (header splitting) left out. */
export function quoteRealm(realm: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it removes control characters
  return realm.replace(/[\u0000-\u001f\u007f]/g, '').replace(/["\\]/g, '\\$&')
}
