import type { IncomingMessage } from 'node:http'
import { badRequest } from './gateway-refusal.ts'
import { valuesByName } from './request-head.ts'

/** Where proxies ask whether a request may pass. */
export const verifyPath = '/verify'

/** A request that a proxy holds back while it asks. */
export interface OriginalRequest {
  readonly method: string
  /** Path and query, exactly as they came. */
  readonly target: string
  /** `http` or `https`; undefined if the proxy does not say. */
  readonly scheme: string | undefined
  readonly host: string | undefined
  /** The kind of proxy that asks. */
  readonly teller: Teller
}

/**
 * nginx: `X-Original-Method`, and `X-Original-URI` or `X-Original-URL`. Traefik and Caddy: `X-Forwarded-Method` and
 * `X-Forwarded-Uri`. Envoy: the request itself, with the path of the check before its own.
 */
type Teller = 'nginx' | 'traefik' | 'envoy'

const originals = ['x-original-method', 'x-original-uri', 'x-original-url'] as const
const forwarded = ['x-forwarded-method', 'x-forwarded-uri'] as const

/**
 * Reads which request a proxy asks about. Clients can send all of these headers too, and each proxy replaces only its
 * own: if there are headers of two proxies, one of them is the client's.
 *
 * @throws GatewayRefusal 400 when it is not described completely and only once.
 */
export function originalRequest(req: IncomingMessage): OriginalRequest {
  const values = valuesByName(req.rawHeaders)
  const one = (name: string): string | undefined => {
    const given = values.get(name) ?? []
    if (given.length > 1) throw badRequest(`The header ${name} occurs more than once.`)
    return given[0]
  }
  const kinds: Teller[] = [
    ...(originals.some((name) => values.has(name)) ? (['nginx'] as const) : []),
    ...(forwarded.some((name) => values.has(name)) ? (['traefik'] as const) : []),
    ...(req.url?.startsWith(`${verifyPath}/`) ? (['envoy'] as const) : []),
  ]
  const [teller] = kinds
  if (teller === undefined || kinds.length > 1)
    throw badRequest(
      'A proxy must name the request in X-Original-Method and X-Original-URI, in X-Forwarded-Method and X-Forwarded-Uri, or in the path after /verify, and in only one of these ways.',
    )
  const proto = one('x-forwarded-proto')
  const [host] = values.get('host') ?? []
  if (teller === 'envoy')
    return {
      teller,
      method: req.method ?? '',
      target: (req.url ?? '').slice(verifyPath.length),
      scheme: proto,
      host,
    }
  if (teller === 'traefik') {
    const [method, target] = forwarded.map(one)
    return complete({ teller, method, target, scheme: proto, host: one('x-forwarded-host') })
  }
  const method = one('x-original-method')
  const [uri, url] = [one('x-original-uri'), one('x-original-url')]
  if (uri !== undefined && url !== undefined)
    throw badRequest('X-Original-URI and X-Original-URL must not both be set.')
  if (url === undefined)
    return complete({ teller, method, target: uri, scheme: proto, host: one('x-forwarded-host') ?? host })
  const [, scheme, authority, rest = '/'] = /^(https?):\/\/([^/?#@\\]+)([/?].*)?$/i.exec(url) ?? []
  return complete({ teller, method, target: authority && rest, scheme, host: authority })
}

/** The same, with nothing missing. */
function complete({
  method,
  target,
  ...rest
}: Omit<OriginalRequest, 'method' | 'target'> & {
  readonly method: string | undefined
  readonly target: string | undefined
}): OriginalRequest {
  // Methods are case-sensitive (RFC 9110 §9.1), and upstreams that fold case would see a different one than the routes.
  if (!method || !/^[A-Z][A-Z-]*$/.test(method))
    throw badRequest('The proxy must send the method of the request, in capital letters.')
  if (!target) throw badRequest('The proxy does not send the path and query of the request.')
  return { method, target, ...rest }
}
