import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { type HttpRequest, type HttpResponse, OAuth1Error } from 'countersign'
import { httpRequest } from 'countersign/node'
import { isTrustedPeer } from '../requests/client-address.ts'
import { hasHeader, unwantedHeader } from './forwarded-headers.ts'
import { badRequest, GatewayRefusal } from './gateway-refusal.ts'
import { codeOfRefusal, refusalOf, sendRefusal } from './gateway-response.ts'
import type { GatewayServices } from './gateway-services.ts'
import { type Identify, identityHeaders } from './identity.ts'
import { nginxRefusal } from './nginx-refusal.ts'
import { type ObservedRequest, peerOf, requestObserver } from './observed-request.ts'
import { type OriginalRequest, originalRequest } from './original-request.ts'
import { checkRequest, mayBeForm, refuseDoubtfulForm } from './request-check.ts'
import { readHead } from './request-head.ts'
import type { RouteFinder } from './routes.ts'

/** What the listener for proxies needs. */
export interface VerifyParts {
  readonly services: GatewayServices
  readonly findRoute: RouteFinder
  readonly identify: Identify
}

/**
 * Returns a listener that tells proxies whether a request may pass: 200 with the identity in headers, or the refusal
 * for the proxy's client.
 */
export function verifyHandler({ services, findRoute, identify }: VerifyParts): RequestListener {
  const { settings, readiness, retirement } = services
  const observe = requestObserver(services)
  const isTrusted = isTrustedPeer(settings)
  const names = identityHeaders(settings.gateway)
  const unwanted = unwantedHeader(names)

  const identityOf = async (req: IncomingMessage, original: OriginalRequest, observed: ObservedRequest) => {
    const head = readHead(req)
    const refused = unwanted(req.rawHeaders)
    if (refused !== undefined)
      throw badRequest(`The header ${refused} could make the API see another caller, method or path.`)
    observed.route = findRoute(original.method, head.path)
    const accepted = await checkRequest(services, observed.route.access, async () => {
      observed.signed = await signedRequest(req, original, services)
      return observed.signed
    })
    return accepted === undefined ? [] : identify(accepted, observed.requestId)
  }

  return (req, res) => {
    if (readiness.isStopping) res.shouldKeepAlive = false
    const peer = peerOf(req)
    const original = isTrusted(peer) ? restored(req) : untrusted(peer.address)
    void observe(req, res, async (observed) => {
      try {
        if (original instanceof Error) throw original
        const identity = await identityOf(req, original, observed)
        const notice = Object.entries(retirement?.notice(undefined) ?? {}).flat()
        sendIdentity(res, names, [...identity, ...notice, 'x-request-id', observed.requestId])
      } catch (error) {
        // The proxy has left, perhaps because its own client has.
        if (req.socket.destroyed) return void res.destroy()
        observed.code = codeOfRefusal(error)
        // Also if the kind of proxy is not known.
        const teller = original instanceof Error ? 'nginx' : original.teller
        const refusal = refusalOf(error, services, teller === 'nginx' ? undefined : req.headers.accept)
        const { headers, ...rest } = asProxiesTake(refusal, teller, error)
        const notice = retirement?.notice(observed.signed)
        const own = { ...headers, ...notice, 'x-request-id': observed.requestId }
        await sendRefusal(req, res, { ...rest, headers: own })
      }
    })
  }
}

/** The refusal in the form that this kind of proxy passes on. */
function asProxiesTake(
  refusal: HttpResponse,
  teller: OriginalRequest['teller'],
  error: unknown,
): HttpResponse {
  if (teller === 'nginx') return nginxRefusal(refusal, error instanceof OAuth1Error)
  // Envoy treats 5xx as a failed check and drops the response; if failures are allowed, requests would pass.
  const isDropped = teller === 'envoy' && error instanceof OAuth1Error && refusal.status >= 500
  return isDropped ? { ...refusal, status: 403 } : refusal
}

function untrusted(address = 'this proxy'): GatewayRefusal {
  const message = `Only proxies in TRUSTED_PROXIES may ask here, and ${address} is not one of them.`
  return new GatewayRefusal(403, 'untrusted_proxy', message)
}

/** Replaces the proxy's request with the original one that it asks about. */
function restored(req: IncomingMessage): OriginalRequest | Error {
  try {
    const original = originalRequest(req)
    req.method = original.method
    req.url = original.target
    if (original.host !== undefined) req.headers.host = original.host
    return original
  } catch (error) {
    return error as Error
  }
}

/** The signed parts of the original request. */
async function signedRequest(
  req: IncomingMessage,
  original: OriginalRequest,
  { settings, protector }: Pick<GatewayServices, 'settings' | 'protector'>,
): Promise<HttpRequest> {
  // nginx asks before it reads a body.
  const verifyBodies = settings.gateway.verifyBodies && original.teller !== 'nginx'
  refuseUnseenForm(req, original, verifyBodies)
  const request = await httpRequest(req, protector.limits)
  const { method, headers, body } = request
  refuseDoubtfulForm(req, body)
  // Traefik writes `wss` for a WebSocket handshake, which is signed like other requests.
  const scheme = /^(?:https|wss)$/i.test(original.scheme ?? '') ? 'https' : 'http'
  const signed = { method, url: request.url.replace(/^\w+/, scheme), headers, body }
  const bytes = async () => (await request.bytes?.()) ?? new Uint8Array()
  return { ...signed, bytes: verifyBodies ? bytes : refuseUnseenBody }
}

/**
 * @throws GatewayRefusal when a body could be a form whose fields this check cannot see, and which would pass unsigned.
 */
function refuseUnseenForm(
  req: IncomingMessage,
  { teller, method }: OriginalRequest,
  verifyBodies: boolean,
): void {
  if (req.headers['x-envoy-auth-partial-body'] === 'true')
    throw new GatewayRefusal(
      413,
      'request_too_large',
      'The body is larger than the proxy sends for the check.',
    )
  if (!verifyBodies && mayBeForm(req)) throw unseen('A form is signed, field by field')
  // Envoy passes on only the configured headers.
  const mayHideForm = verifyBodies ? hasBody(req) : !/^(?:GET|HEAD)$/.test(method)
  if (teller === 'envoy' && req.headers['content-type'] === undefined && mayHideForm)
    throw unseen('The proxy must pass Content-Type on: without it')
}

async function refuseUnseenBody(): Promise<never> {
  throw unseen('oauth_body_hash is to be compared with the body')
}

function unseen(why: string): GatewayRefusal {
  return new GatewayRefusal(
    403,
    'body_not_checked',
    `${why}, and the proxy does not send bodies to be checked.`,
  )
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}

/** The proxy overwrites the client's headers with these, so all are set, even if empty. */
function sendIdentity(res: ServerResponse, names: readonly string[], identity: readonly string[]): void {
  const none = names.filter((name) => !hasHeader(identity, name)).flatMap((name) => [name, ''])
  res.writeHead(200, [...identity, ...none, 'cache-control', 'no-store', 'content-length', '0']).end()
}
