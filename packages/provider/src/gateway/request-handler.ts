import { AsyncResource } from 'node:async_hooks'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { BodyHashCheck } from 'countersign'
import { httpRequest } from 'countersign/node'
import { forwardedFacts } from './forwarded-facts.ts'
import { requestHeaders } from './forwarded-headers.ts'
import { type AdmittedRequest, forwardRequest, waitsToSend } from './forwarding.ts'
import { codeOfRefusal, refusalOf, sendRefusal } from './gateway-response.ts'
import type { GatewayServices } from './gateway-services.ts'
import { type Identify, identityHeaders } from './identity.ts'
import { type ObservedRequest, requestObserver } from './observed-request.ts'
import { checkRequest, mayBeForm, refuseDoubtfulForm } from './request-check.ts'
import { type RequestHead, readHead } from './request-head.ts'
import type { Route, RouteFinder } from './routes.ts'
import type { Upstream } from './upstream.ts'

/** What requests are handled with. */
export interface GatewayParts {
  readonly services: GatewayServices
  readonly findRoute: RouteFinder
  readonly identify: Identify
  readonly upstream: Upstream
}

/** Sends a checked request on, and its response back. */
export type Send = (admitted: AdmittedRequest) => Promise<void>

/**
 * Handles one request from its head to the end of its response; it never rejects.
 *
 * @param send - How it is sent on, where that is not as a request and a response.
 */
export type RequestHandler = (req: IncomingMessage, res: ServerResponse, send?: Send) => Promise<void>

/** Returns a function that checks a request, sends it on, and tells the log and the metrics of it. */
export function requestHandler({ services, findRoute, identify, upstream }: GatewayParts): RequestHandler {
  const { settings } = services
  const observe = requestObserver(services)
  const factsOf = forwardedFacts(settings)
  const kept = requestHeaders({
    identityHeaders: identityHeaders(settings.gateway),
    keepAuthorization: settings.gateway.keepAuthorization,
    takesBearer: settings.oauth2 !== undefined,
  })

  const admit = async (
    req: IncomingMessage,
    res: ServerResponse,
    head: RequestHead,
    { access }: Route,
    observed: ObservedRequest,
  ): Promise<AdmittedRequest> => {
    // A form is signed, so it must arrive before it can be checked.
    if (waitsToSend(req) && access.kind !== 'public' && mayBeForm(req)) res.writeContinue()
    const { requestId } = observed
    let bodyHash: BodyHashCheck | undefined
    const accepted = await checkRequest(services, access, async () => {
      // Of the body only a form is read, because it is signed; its octets stay in the stream.
      const { method, url, headers, body } = await httpRequest(req, services.protector.limits)
      refuseDoubtfulForm(req, body)
      const deferBodyHash = (check: BodyHashCheck) => {
        // The body ends in the context of its stream: anything reported then belongs to this request too.
        bodyHash = { ...check, compare: AsyncResource.bind(check.compare) }
      }
      observed.signed = { method, url, headers, body, deferBodyHash }
      return observed.signed
    })
    const identity = accepted === undefined ? [] : await identify(accepted, requestId)
    const headers = [...kept(req.rawHeaders), ...factsOf(req, head.host, requestId), ...identity]
    const notice = { 'x-request-id': requestId, ...services.retirement?.notice(undefined) }
    return { bodyHash, head, headers, isUnsigned: accepted === undefined, notice }
  }

  const fail = async (
    req: IncomingMessage,
    res: ServerResponse,
    error: unknown,
    observed: ObservedRequest,
  ) => {
    // Nothing can be said any more to a client that has the beginning of a response, or has left.
    if (res.headersSent || req.socket.destroyed) return void res.destroy()
    const { headers, ...refusal } = refusalOf(error, services, req.headers.accept)
    const notice = services.retirement?.notice(observed.signed)
    const own = { ...headers, ...notice, 'x-request-id': observed.requestId }
    await sendRefusal(req, res, { ...refusal, headers: own })
  }

  return (req, res, given) =>
    observe(req, res, async (observed) => {
      const send = given ?? ((admitted) => forwardRequest({ upstream, req, res }, admitted))
      try {
        const head = readHead(req)
        observed.route = findRoute(req.method ?? '', head.path)
        await send(await admit(req, res, head, observed.route, observed))
      } catch (error) {
        observed.code = codeOfRefusal(error)
        await fail(req, res, error, observed)
      }
    })
}
