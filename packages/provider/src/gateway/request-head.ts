import type { IncomingMessage } from 'node:http'
import { badRequest, GatewayRefusal } from './gateway-refusal.ts'
import { type RequestPath, readPath } from './request-path.ts'

/** The head of a request, before any of it is trusted. */
export interface RequestHead {
  /** Path and query in origin form, exactly as received. */
  readonly target: string
  readonly path: RequestPath
  /** Undefined for an HTTP/1.0 client that sends none. */
  readonly host: string | undefined
  readonly hasBody: boolean
}

/** Headers that must not repeat: two readers might each believe a different one. */
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

/** Headers that `Connection` must not remove: the check has read them, and the upstream must too. */
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
  // Node's parser reads a request line without a version as HTTP/0.9, and 2.0 as if it were 1.1.
  if (httpVersion !== '1.1' && httpVersion !== '1.0')
    throw badRequest('Only HTTP/1.1 and HTTP/1.0 are supported.')
  if (/^(?:TRACE|TRACK|CONNECT)$/.test(method))
    throw new GatewayRefusal(405, 'method_not_allowed', `${method} is not accepted here.`)
  const given = valuesByName(rawHeaders)
  const repeated = singular.find((name) => (given.get(name)?.length ?? 0) > 1)
  if (repeated !== undefined) throw badRequest(`The header ${repeated} occurs more than once.`)
  const [coding] = given.get('transfer-encoding') ?? []
  // RFC 9112 §6.1: an HTTP/1.0 client knows no transfer codings, and only this coding is supported here.
  if (coding !== undefined && (coding.toLowerCase() !== 'chunked' || httpVersionMinor === 0))
    throw badRequest('The only supported Transfer-Encoding is chunked, and only in HTTP/1.1.')
  const [length] = given.get('content-length') ?? []
  if (length !== undefined && !/^\d{1,15}$/.test(length)) throw badRequest('Content-Length is not a number.')
  for (const option of connectionOptions(given.get('connection') ?? [])) {
    if (essential.includes(option)) throw badRequest(`Connection must not name ${option}.`)
  }
  const [expectation] = given.get('expect') ?? []
  if (expectation !== undefined && expectation.toLowerCase() !== '100-continue')
    throw new GatewayRefusal(417, 'expectation_failed', 'The only supported expectation is 100-continue.')
  const [host] = given.get('host') ?? []
  const target = originForm(req.url ?? '', host)
  const hasBody = coding !== undefined || Number(length ?? 0) > 0
  return { target, path: readPath(target), host, hasBody }
}

/** The headers that `Connection` names, in lower case: they are not forwarded (RFC 9110 §7.6.1). */
export function connectionOptions(values: readonly string[]): string[] {
  return values.flatMap((value) => value.split(',')).map((option) => option.trim().toLowerCase())
}

/**
 * Path and query of an absolute-form target, whose host must equal the Host header (by RFC 9112 §3.2.2 it would replace
 * that header, but not in every upstream).
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
