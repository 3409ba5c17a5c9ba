import { keepAtMost } from '../crypto/bounded-map.ts'
import { OAuth1Error } from '../errors.ts'
import { percentEncode } from './encoding.ts'
import { normalizeParameters, type Parameter } from './parameters.ts'

/** An absolute http(s) URL, split but not otherwise touched. */
export interface UrlParts {
  /** §3.4.1.2: scheme and host in lower case, default port dropped, path byte for byte, no query. */
  readonly baseUri: string
  readonly secure: boolean
  /** The raw query without its `?`; empty when there is none. */
  readonly query: string
}

/**
 * RFC 3986 §3.2, without the parts on which servers and URL parsers disagree: escapes in a host, zones of IPv6
 * addresses.
 */
const origin =
  /^(https?):\/\/(?:[\w\-.~!$&'()*+,;=:%]*@)?(\[[\da-f:.]+\]|[\w\-.~!$&'()*+,;=]+)(?::(\d{0,5}))?$/i
/** URLs do not contain these, and parsers drop them or cut the URL there. */
const forbidden = /[\0-\x20\x7f]/

/**
 * Splits the URL of a request for signing (§3.4.1.2).
 *
 * @throws OAuth1Error `invalid_request` when it is not an absolute http or https URL, or contains characters not
 *   allowed in one.
 * @example
 * ```ts
 * splitUrl('http://EXAMPLE.COM:80/r%20v/X?id=123')
 * // { baseUri: 'http://example.com/r%20v/X', secure: false, query: 'id=123' }
 * ```
 */
export function splitUrl(url: string): UrlParts {
  if (forbidden.test(url)) {
    throw new OAuth1Error('invalid_request', 'The request URL holds a space or a control character.')
  }
  const fragment = url.indexOf('#')
  const end = fragment === -1 ? url.length : fragment
  const question = url.indexOf('?')
  const pathEnd = question === -1 || question > end ? end : question
  const slash = url.indexOf('/', url.indexOf('://') + 3)
  const pathStart = slash === -1 || slash > pathEnd ? pathEnd : slash
  const baseOrigin = normalizedOrigin(url.slice(0, pathStart))
  return {
    baseUri: pathStart === pathEnd ? `${baseOrigin}/` : baseOrigin + url.slice(pathStart, pathEnd),
    secure: baseOrigin.startsWith('https:'),
    query: url.slice(pathEnd + 1, end),
  }
}

/**
 * Scheme and host in lower case, without the default port. Cached, because a server sees a few origins, each of them
 * often.
 */
function normalizedOrigin(text: string): string {
  const known = knownOrigins.get(text)
  if (known !== undefined) return known
  const match = origin.exec(text)
  const port = match?.[3]
  if (match === null || Number(port ?? 0) > 65_535) {
    throw new OAuth1Error(
      'invalid_request',
      'The request URL is not an absolute http or https URL with a valid host and port.',
    )
  }
  const isDefault = !port || port === (/^https:/i.test(text) ? '443' : '80')
  const normalized = `${match[1]}://${match[2]}${isDefault ? '' : `:${port}`}`.toLowerCase()
  // Made-up hosts must not fill the memory.
  if (text.length > maxKnownLength) return normalized
  keepAtMost(maxKnownOrigins - 1, knownOrigins)
  knownOrigins.set(text, normalized)
  return normalized
}

const knownOrigins = new Map<string, string>()
const maxKnownOrigins = 1_000
/** A host name has at most 253 characters. */
const maxKnownLength = 300

/**
 * The signature base string (§3.4.1.1): what both sides sign.
 *
 * @param method - The HTTP verb, in any case.
 * @param baseUri - As returned by `splitUrl`.
 * @param parameters - All of §3.4.1.3.1, encoded, in any order; `oauth_signature` is left out here.
 */
export function signatureBaseString(
  method: string,
  baseUri: string,
  parameters: readonly Parameter[],
): string {
  const signed = normalizeParameters(parameters.filter(({ name }) => name !== 'oauth_signature'))
  return `${percentEncode(method.toUpperCase())}&${percentEncode(baseUri)}&${percentEncode(signed)}`
}
