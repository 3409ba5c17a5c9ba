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

/** What the handling of requests needs. */
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
 * @param send - How to send it on, if not as a request and a response.
 */
export type RequestHandler = (req: IncomingMessage, res: ServerResponse, send?: Send) => Promise<void>

/** Returns a function that checks a request, sends it on, and reports it to the log and the metrics. */
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
      // Only a form body is read, because it is signed; its octets stay in the stream.
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
    // A client that has left, or has part of a response, can no longer be told anything.
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
