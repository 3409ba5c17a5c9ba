import type { IncomingMessage } from 'node:http'
import { badRequest, GatewayRefusal } from './gateway-refusal.ts'
import { type RequestPath, readPath } from './request-path.ts'

/** What the gateway has read of a request before anything of it is believed. */
export interface RequestHead {
  /** In origin form, exactly as it came: path and query. */
  readonly target: string
  readonly path: RequestPath
  /** Undefined for a client of HTTP/1.0 that names none. */
  readonly host: string | undefined
  readonly hasBody: boolean
}

/** Headers of which two readers of several may each believe another one. */
const singular = [
  'host',
  'content-length',
  'transfer-encoding',
  'content-type',
  'content-encoding',
  'authorization',
  'expect',
  'upgrade',
] as const

/** Headers that `Connection` must not take away on the way: the check has read them, and the upstream must too. */
const essential: readonly string[] = [
  ...singular.filter((name) => name !== 'upgrade'),
  ...['cookie', 'content-range', 'range'],
]

/**
 * Refuses what the gateway and the upstream might read differently. Node's parser has already refused a `Content-Length`
 * beside `Transfer-Encoding`, folded lines, and names and values with characters that they must not have.
 *
 * @throws GatewayRefusal
 */
export function readHead(req: IncomingMessage): RequestHead {
  const { method = '', rawHeaders, httpVersion, httpVersionMinor } = req
  // Node's parser takes a request line without a version for HTTP/0.9, and reads 2.0 as if it were 1.1.
  if (httpVersion !== '1.1' && httpVersion !== '1.0')
    throw badRequest('Only HTTP/1.1 and HTTP/1.0 are understood here.')
  if (/^(?:TRACE|TRACK|CONNECT)$/.test(method))
    throw new GatewayRefusal(405, 'method_not_allowed', `${method} is not accepted here.`)
  const given = valuesByName(rawHeaders)
  const repeated = singular.find((name) => (given.get(name)?.length ?? 0) > 1)
  if (repeated !== undefined) throw badRequest(`The header ${repeated} stands more than once.`)
  const [coding] = given.get('transfer-encoding') ?? []
  // RFC 9112 §6.1: a client of HTTP/1.0 knows no transfer codings, and no other coding than this is understood here.
  if (coding !== undefined && (coding.toLowerCase() !== 'chunked' || httpVersionMinor === 0))
    throw badRequest('The only Transfer-Encoding is chunked, and only in HTTP/1.1.')
  const [length] = given.get('content-length') ?? []
  if (length !== undefined && !/^\d{1,15}$/.test(length)) throw badRequest('Content-Length is not a number.')
  for (const option of connectionOptions(given.get('connection') ?? [])) {
    if (essential.includes(option)) throw badRequest(`Connection must not name ${option}.`)
  }
  const [expectation] = given.get('expect') ?? []
  if (expectation !== undefined && expectation.toLowerCase() !== '100-continue')
    throw new GatewayRefusal(
      417,
      'expectation_failed',
      'The only expectation that is met here is 100-continue.',
    )
  const [host] = given.get('host') ?? []
  const target = originForm(req.url ?? '', host)
  const hasBody = coding !== undefined || Number(length ?? 0) > 0
  return { target, path: readPath(target), host, hasBody }
}

/** The headers that `Connection` names, in lower case: they end here (RFC 9110 §7.6.1). */
export function connectionOptions(values: readonly string[]): string[] {
  return values.flatMap((value) => value.split(',')).map((option) => option.trim().toLowerCase())
}

/**
 * Path and query of an absolute-form target, whose host must be the one that the request names (RFC 9112 §3.2.2 would have
 * it replace that one, and not every upstream does).
 */
function originForm(target: string, host: string | undefined): string {
  if (target.startsWith('/')) return target
  const [, authority, rest = ''] = /^https?:\/\/([^/?#@\\]+)([/?].*)?$/is.exec(target) ?? []
  if (authority === undefined) throw badRequest('The request target is neither a path nor a URL.')
  if (authority.toLowerCase() !== host?.toLowerCase())
    throw badRequest('The request target and the Host header name different hosts.')
  return rest.startsWith('/') ? rest : `/${rest}`
}

/** All values of each header, by its name in lower case. */
export function valuesByName(rawHeaders: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const values = new Map<string, string[]>()
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = String(rawHeaders[at]).toLowerCase()
    const value = String(rawHeaders[at + 1])
    const earlier = values.get(name)
    if (earlier === undefined) values.set(name, [value])
    else earlier.push(value)
  }
  return values
}
