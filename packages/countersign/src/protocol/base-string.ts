import { percentEncode } from './encoding.ts'
import { OAuth1Error } from './errors.ts'
import { normalizeParameters, type Parameter } from './parameters.ts'

/** An absolute http(s) URL, split but not otherwise touched. */
export interface UrlParts {
  /** §3.4.1.2: scheme and host in lower case, default port dropped, path byte for byte, no query. */
  readonly baseUri: string
  readonly secure: boolean
  /** The raw query without its `?`; empty when there is none. */
  readonly query: string
}

const absoluteUrl = /^(https?):\/\/([^/?#\\]+)([^?#]*)(?:\?([^#]*))?/i
const authorityParts = /^(?:[^@]*@)?(\[[^\]]*\]|[^:@[\]]+)(?::(\d*))?$/

/**
 * Splits the URL of a request for signing (§3.4.1.2).
 *
 * @throws OAuth1Error `invalid_request` when it is not an absolute http or https URL.
 * @example
 * ```ts
 * splitUrl('http://EXAMPLE.COM:80/r%20v/X?id=123')
 * // { baseUri: 'http://example.com/r%20v/X', secure: false, query: 'id=123' }
 * ```
 */
export function splitUrl(url: string): UrlParts {
  const parts = absoluteUrl.exec(url)
  const authority = parts && authorityParts.exec(parts[2] as string)
  if (!parts || !authority) {
    throw new OAuth1Error(
      'invalid_request',
      'The request URL is not an absolute http or https URL with a host.',
    )
  }
  const scheme = (parts[1] as string).toLowerCase()
  const host = (authority[1] as string).toLowerCase()
  const port = authority[2]
  const defaultPort = scheme === 'https' ? '443' : '80'
  const authorityText = !port || port === defaultPort ? host : `${host}:${port}`
  return {
    baseUri: `${scheme}://${authorityText}${parts[3] || '/'}`,
    secure: scheme === 'https',
    query: parts[4] ?? '',
  }
}

/**
 * The signature base string (§3.4.1.1): what both sides sign.
 *
 * @param method - The HTTP verb, in any case.
 * @param baseUri - As `splitUrl` gives it.
 * @param parameters - All of §3.4.1.3.1, already encoded, without `oauth_signature` and the header's realm.
 */
export function signatureBaseString(
  method: string,
  baseUri: string,
  parameters: readonly Parameter[],
): string {
  return `${percentEncode(method.toUpperCase())}&${percentEncode(baseUri)}&${percentEncode(normalizeParameters(parameters))}`
}
