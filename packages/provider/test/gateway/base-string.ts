import { createHmac } from 'node:crypto'

/** A request as it is on the wire. All texts are octets, one character each. */
export interface WireRequest {
  readonly method: string
  readonly target: string
  readonly contentType: string | undefined
  readonly body: string
}

type Pair = readonly [name: string, value: string]

/**
 * RFC 5849 §3.4.1 over the octets of a request. It shares no code with the library, nor with URL parsers, which mend what
 * they read.
 *
 * @param origin - Scheme and host, as the client calls them.
 * @param oauth - The protocol parameters of the header, decoded, without the signature.
 */
export function baseString(
  { method, target, contentType, body }: WireRequest,
  origin: string,
  oauth: readonly Pair[],
): string {
  const at = target.indexOf('?')
  const path = at < 0 ? target : target.slice(0, at)
  const query = at < 0 ? '' : target.slice(at + 1)
  const isForm = /^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(contentType ?? '')
  const pairs = [...pairsOf(query), ...(isForm ? pairsOf(body) : []), ...oauth]
  const normalized = pairs
    .map(([name, value]): Pair => [escaped(name), escaped(value)])
    .sort(([a, b], [c, d]) => compare(a, c) || compare(b, d))
    .map(([name, value]) => `${name}=${value}`)
    .join('&')
  return [method.toUpperCase(), origin + path, normalized].map(escaped).join('&')
}

export function hmacSha1(text: string, clientSecret: string, tokenSecret: string): string {
  const key = `${escaped(clientSecret)}&${escaped(tokenSecret)}`
  return createHmac('sha1', key).update(text).digest('base64')
}

/** An Authorization header of these parameters. */
export function authorizationHeader(pairs: readonly Pair[]): string {
  return `OAuth ${pairs.map(([name, value]) => `${escaped(name)}="${escaped(value)}"`).join(', ')}`
}

/** The parameters of an Authorization header, decoded. */
export function headerPairs(header: string): Pair[] {
  const items = header.replace(/^OAuth\s+/i, '').matchAll(/([^=,\s]+)="([^"]*)"/g)
  return Array.from(items, ([, name = '', value = '']): Pair => [unescaped(name), unescaped(value)])
}

/** Octets, each of which is unreserved or an escape (§3.6). */
function escaped(octets: string): string {
  return octets.replace(
    /[^A-Za-z0-9\-._~]/g,
    (octet) => `%${octet.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  )
}

function unescaped(text: string): string {
  return text.replace(/%([\da-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
}

/** The fields of a query or a form. Nothing between two ampersands is no field. */
function pairsOf(encoded: string): Pair[] {
  const fields = encoded.split('&').filter((field) => field !== '')
  return fields.map((field): Pair => {
    const at = field.indexOf('=')
    const [name, value] = at < 0 ? [field, ''] : [field.slice(0, at), field.slice(at + 1)]
    return [unescaped(name.replaceAll('+', ' ')), unescaped(value.replaceAll('+', ' '))]
  })
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
