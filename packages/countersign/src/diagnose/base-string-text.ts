import { splitUrl } from '../protocol/base-string.ts'
import { percentDecodeLossless, percentEncode } from '../protocol/encoding.ts'
import { tooLarge } from '../protocol/limits.ts'
import { invalidText } from './request-draft.ts'

/** A signature base string (§3.4.1), parsed from text. */
export interface BaseStringText {
  readonly verb: string
  /** Decoded. */
  readonly uri: string
  /** Decoded, in the order of the text. */
  readonly parameters: readonly (readonly [name: string, value: string])[]
  /** The violations of §3.4.1, in sentences; empty if there are none. */
  readonly problems: readonly string[]
}

const beginning = /^\s*[\w!#$%'*+.^`|~-]{1,32}&\s*https?(?:%3A|%253A|:)/i
const maxLength = 524_288

/** Whether the text is meant as a base string rather than a request: `GET&https%3A%2F%2F…`. */
export function isBaseString(text: string): boolean {
  return beginning.test(text)
}

/**
 * Reads a base string, as a client logs it, and says what is wrong with its form. To see whether it belongs to a
 * certain request, use `compareBaseStrings`.
 *
 * @throws OAuth1Error `invalid_request` for text that `isBaseString` does not recognise, `request_too_large` for more than
 * 524 288 characters.
 * @example
 * ```ts
 * parseBaseString('get&https%3A%2F%2Fexample.com%2F&a%3D1').problems
 * // ['The method is "get"; it must be in capitals: "GET".', 'oauth_consumer_key is missing.', …]
 * ```
 */
export function parseBaseString(text: string): BaseStringText {
  if (text.length > maxLength) throw tooLarge('base string', `${maxLength} characters`)
  if (!isBaseString(text)) {
    throw invalidText('The text is not a base string: expected METHOD&https%3A%2F%2F…&….')
  }
  const problems: string[] = []
  const trimmed = text.trim()
  const joined = trimmed.replace(/\s+/g, '')
  if (joined !== trimmed) problems.push('It holds white space or line breaks; they were ignored.')
  const [verb = '', uriPart = '', ...others] = joined.split('&')
  if (verb !== verb.toUpperCase()) {
    problems.push(`The method is "${verb}"; it must be in capitals: "${verb.toUpperCase()}".`)
  }
  const uri = decodedUri(uriPart, problems)
  return { verb, uri, parameters: decodedParameters(others, problems), problems }
}

function decodedUri(part: string, problems: string[]): string {
  let uri = percentDecodeLossless(part)
  if (/^https?%3A/i.test(uri)) {
    problems.push('The URI is encoded twice.')
    uri = percentDecodeLossless(uri)
  } else if (part.includes('://')) problems.push('The URI is not percent-encoded.')
  else if (!isEncoded(part)) problems.push('The URI is not encoded as RFC 5849 §3.6 has it.')
  const usual = usualUri(uri)
  if (usual === undefined) problems.push('The URI is not an absolute http or https URL.')
  else if (/[?#]/.test(uri)) {
    problems.push('The URI holds a query or a fragment; the query belongs among the parameters.')
  } else if (usual !== uri) {
    problems.push(
      `The URI must be ${usual}: scheme and host in lower case, no default port, and a path (RFC 5849 §3.4.1.2).`,
    )
  }
  return uri
}

function usualUri(uri: string): string | undefined {
  try {
    return splitUrl(uri).baseUri
  } catch {
    return undefined
  }
}

type Pair = readonly [name: string, value: string]

function decodedParameters(parts: readonly string[], problems: string[]): Pair[] {
  if (parts.length === 0) {
    problems.push('It ends after the URI: an "&" and the parameters are missing.')
    return []
  }
  const text = parts.join('&')
  const isRaw = parts.length > 1 || text.includes('=')
  if (isRaw) {
    problems.push(
      'The parameters are not encoded as a whole: their "=" and "&" must be written as %3D and %26.',
    )
  } else if (!isEncoded(text)) {
    problems.push('The parameters as a whole are not encoded as RFC 5849 §3.6 has it.')
  }
  const pieces = (isRaw ? text : percentDecodeLossless(text)).split('&')
  if (pieces.some((piece) => !piece.includes('='))) {
    problems.push('A parameter has no "=": it must be there for an empty value, too.')
  }
  const encoded = pieces.filter((piece) => piece !== '').map(pairOf)
  checkPairs(encoded, problems)
  return encoded.map(([name, value]) => [percentDecodeLossless(name), percentDecodeLossless(value)])
}

function checkPairs(pairs: readonly Pair[], problems: string[]): void {
  const malformed = pairs.find((pair) => !pair.every(isEncoded))
  if (malformed !== undefined) {
    const [name] = malformed
    problems.push(
      `The parameter ${shortened(percentDecodeLossless(name))} is not encoded as RFC 5849 §3.6 has it: all but A-Z a-z 0-9 - . _ ~ as %XX in capitals.`,
    )
  }
  const unsorted = pairs.find((pair, at) => at > 0 && compare(pairs[at - 1] as Pair, pair) > 0)
  if (unsorted !== undefined) {
    problems.push(
      `The parameters are not sorted by their encoded names, then values: ${shortened(unsorted[0])} stands too late.`,
    )
  }
  const names = new Set(pairs.map(([name]) => name))
  if (names.has('oauth_signature')) problems.push('It holds oauth_signature, which is never signed.')
  for (const name of ['oauth_consumer_key', 'oauth_signature_method', 'oauth_timestamp', 'oauth_nonce'])
    if (!names.has(name)) problems.push(`${name} is missing.`)
}

function pairOf(piece: string): Pair {
  const equals = piece.indexOf('=')
  return equals === -1 ? [piece, ''] : [piece.slice(0, equals), piece.slice(equals + 1)]
}

function compare([a, x]: Pair, [b, y]: Pair): number {
  if (a !== b) return a < b ? -1 : 1
  return x < y ? -1 : x > y ? 1 : 0
}

/** Whether it is what `percentEncode` would write. */
function isEncoded(text: string): boolean {
  const decoded = percentDecodeLossless(text)
  try {
    return percentEncode(decoded) === text || (decoded === text && !/[^\w\-.~%]|%(?![\dA-F]{2})/.test(text))
  } catch {
    return false
  }
}

function shortened(name: string): string {
  return name.length > 60 ? `${name.slice(0, 60)}…` : name
}
