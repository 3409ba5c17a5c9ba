import { connectionOptions } from './request-head.ts'

/** Alternating names and values, like raw headers in Node and undici. */
export type RawHeaders = readonly string[]

/** Hop-by-hop headers (RFC 9110 §7.6.1), and `Expect`, to which the gateway responds itself. */
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
  'http2-settings',
])

/** Headers that make some frameworks see a verb or path other than the one that was checked. */
const overridingHeaders = [
  'x-http-method',
  'x-http-method-override',
  'x-method',
  'x-method-override',
  'x-rewrite-url',
  'x-script-name',
]

/** Headers that the gateway sets itself, in addition to all that begin with `x-forwarded-`. */
const ownWord = [
  ...overridingHeaders,
  'forwarded',
  'true-client-ip',
  'x-client-ip',
  'x-cluster-client-ip',
  'x-real-ip',
  'x-request-id',
  'x-original-url',
  'x-original-uri',
  'x-original-method',
]

/** Headers that are valid in their own spelling, and that an upstream might also read in another one. */
const oneSpelling = [
  ...hopByHop,
  'host',
  'content-length',
  'content-type',
  'content-encoding',
  'authorization',
  'cookie',
]

/** Which headers of a request are passed on. */
export interface ForwardedHeaders {
  /** The headers that the gateway sets, in lower case with hyphens. */
  readonly identityHeaders: readonly string[]
  readonly keepAuthorization: boolean
  /** Whether Bearer tokens are checked here. */
  readonly takesBearer: boolean
}

/**
 * Returns a function that filters a request's headers for the upstream. Many upstreams treat underscores, dots and
 * other characters as hyphens: CGI's `HTTP_X_OAUTH_USER` matches all of them. So headers that the gateway sets are
 * removed in each of these spellings.
 */
export function requestHeaders({
  identityHeaders,
  keepAuthorization,
  takesBearer,
}: ForwardedHeaders): (raw: RawHeaders) => string[] {
  const reserved = new Set([...ownWord, ...identityHeaders])
  const spelledOnce = new Set(oneSpelling)
  const checked = takesBearer ? /^\s*(?:oauth|bearer)(?:\s|$)/i : /^\s*oauth(?:\s|$)/i
  return (raw) =>
    endToEnd(raw, (name, value) => {
      const folded = usualSpelling(name)
      if (reserved.has(folded) || folded.startsWith('x-forwarded-') || name === 'host') return false
      if (folded !== name && spelledOnce.has(folded)) return false
      return keepAuthorization || name !== 'authorization' || !checked.test(value)
    })
}

/**
 * Returns a function that finds a header that must not reach the upstream and that a proxy does not replace: one of
 * these names in a spelling that an upstream may treat as equal, or one that makes some frameworks see another request.
 */
export function unwantedHeader(names: readonly string[]): (raw: RawHeaders) => string | undefined {
  return (raw) =>
    raw.find((text, at) => {
      const name = text.toLowerCase()
      const usual = usualSpelling(name)
      const isForged = names.includes(usual) && !names.includes(name)
      return at % 2 === 0 && (isForged || overridingHeaders.includes(usual))
    })
}

/** Whether raw headers contain this name, in lower case. */
export function hasHeader(raw: RawHeaders, name: string): boolean {
  return raw.some((text, at) => at % 2 === 0 && text.toLowerCase() === name)
}

function usualSpelling(name: string): string {
  return name.replace(/[^a-z\d]/g, '-')
}

/** The upstream's headers for the client: all except those between the gateway and the upstream. */
export function responseHeaders(raw: RawHeaders): string[] {
  return endToEnd(raw, () => true)
}

/** The trailers that may be passed on: none about a message's framing or routing (RFC 9110 §6.5.1). */
export function forwardedTrailers(
  trailers: Readonly<Record<string, string | string[] | undefined>>,
): Record<string, string> {
  const kept = Object.entries(trailers).filter(
    ([name]) => !oneSpelling.includes(name) && !name.startsWith('proxy-'),
  )
  return Object.fromEntries(kept.map(([name, value]) => [name, String(value)]))
}

function endToEnd(raw: RawHeaders, isKept: (name: string, value: string) => boolean): string[] {
  const named = connectionOptions(
    raw.filter((_, at) => raw[at - 1]?.toLowerCase() === 'connection' && at % 2 === 1),
  )
  const kept: string[] = []
  for (let at = 0; at < raw.length; at += 2) {
    const name = String(raw[at])
    const value = String(raw[at + 1])
    const lower = name.toLowerCase()
    if (hopByHop.has(lower) || lower.startsWith('proxy-') || named.includes(lower)) continue
    if (isKept(lower, value)) kept.push(name, value)
  }
  return kept
}
