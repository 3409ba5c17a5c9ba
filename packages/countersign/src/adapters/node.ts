/**
 * Listeners of node:http, without a framework.
 *
 * @example
 * ```ts
 * import { currentCredential, endpoint, requireOAuth } from 'countersign/node'
 *
 * const token = endpoint(server.token)
 * const photos = requireOAuth(protector)((req, res) => res.end(String(currentCredential(req).userId)))
 *
 * createServer((req, res) => (req.url?.split('?')[0] === '/oauth/token' ? token(req, res) : photos(req, res)))
 * ```
 *
 * @module
 */

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { HttpRequest } from '../protocol/http.ts'
import type { Limits } from '../protocol/limits.ts'
import type { Awaitable } from '../server/hooks.ts'
import type { Client, TokenCredential } from '../server/models.ts'
import type { Authentication, ResourceProtector } from '../server/resource-protector.ts'
import type { WithoutSecrets } from '../server/without-secrets.ts'
import type { BodyPlace } from './shared/body.ts'
import { authenticationOf, credentialOf, withAuthentication } from './shared/current.ts'
import { type EndpointOptions, type Responder, routeOf } from './shared/endpoint.ts'
import {
  clientDemand,
  type Demand,
  judge,
  type RefusalOptions,
  type RequireOptions,
  requireOptions,
} from './shared/guard.ts'
import { nodeRequest, nodeUrl, sendResponse } from './shared/node-message.ts'

export type { EndpointOptions } from './shared/endpoint.ts'
export type { RefusalOptions, RequireOptions } from './shared/guard.ts'

/** A listener for `http.createServer`. It rejects with any error for which it has no response. */
export type NodeHandler = (req: IncomingMessage, res: ServerResponse) => Promise<void>
/** Wraps a listener so that only checked requests reach it. */
export type NodeGuard = (handler: (req: IncomingMessage, res: ServerResponse) => unknown) => NodeHandler

const place: BodyPlace<IncomingMessage & { body?: unknown; rawBody?: unknown }> = {
  kept: ({ rawBody: raw, body: parsed }) => ({ raw, parsed }),
  remedy: 'Call requireOAuth or the endpoint before anything reads the request.',
}

/**
 * The request as the core expects it. Scheme and host come from the connection: behind a proxy, set the `origin`
 * option. Mounted in Express or Connect, it sees the whole path. A form body is read and put back into the stream, so
 * that the handler can read it.
 *
 * @throws OAuth1Error when the body is too large; ConfigurationError when something read it before.
 */
export function httpRequest(req: IncomingMessage, limits?: Partial<Limits>): Awaitable<HttpRequest> {
  return nodeRequest(req, req.method ?? 'GET', nodeUrl(req), limits, req, place)
}

/**
 * A listener for one of the server's endpoints, or for a function of your own that returns a response. An `OAuth1Error`
 * that the function throws becomes a response, and a failing store or configuration becomes a 503 or 500.
 *
 * @example
 * ```ts
 * const token = endpoint(server.token)
 * createServer((req, res) => (req.url?.split('?')[0] === '/oauth/token' ? token(req, res) : notFound(req, res)))
 * ```
 */
export function endpoint(
  responder: Responder<[req: IncomingMessage]>,
  options: EndpointOptions = {},
): NodeHandler {
  const route = routeOf(responder, options)
  return async (req, res) => {
    try {
      const respond = async () => route.handle(await httpRequest(req, route.limits()), req)
      sendResponse(res, await route.run(req.headers.accept, respond))
    } catch (error) {
      sendFailure(res, error, options.errors)
    }
  }
}

/**
 * Wraps a listener so that only correctly signed requests reach it; the listener calls `currentCredential(req)`.
 *
 * @example
 * ```ts
 * createServer(requireOAuth(protector, 'photos:read')((req, res) => res.end(String(currentCredential(req).userId))))
 * ```
 */
export function requireOAuth<C extends Client, T extends TokenCredential>(
  protector: ResourceProtector<C, T>,
  scope?: string | RequireOptions,
): NodeGuard {
  return guardOf(protector, requireOptions(scope))
}

/**
 * Like `requireOAuth`, for a resource of the client itself: only requests that a client signed without a token reach
 * the listener, which reads `currentAuthentication(req).client`.
 *
 * @example
 * ```ts
 * createServer(requireClient(protector)((req, res) => res.end(currentAuthentication(req).client.clientId)))
 * ```
 */
export function requireClient<C extends Client, T extends TokenCredential>(
  protector: ResourceProtector<C, T>,
  options?: RefusalOptions,
): NodeGuard {
  return guardOf(protector, clientDemand(options))
}

function guardOf<C extends Client, T extends TokenCredential>(
  protector: ResourceProtector<C, T>,
  demand: Demand,
): NodeGuard {
  return (handler) => async (req, res) => {
    const read = () => httpRequest(req, protector.limits)
    const verdict = await judge(protector, demand, [req], read, () => req.headers.accept).catch(
      (error: unknown) => sendFailure(res, error, demand.errors),
    )
    if (verdict?.refusal) sendResponse(res, verdict.refusal)
    else if (verdict) await withAuthentication(verdict.authentication, () => handler(req, res))
  }
}

/**
 * Plain Node has no error handler, and a listener that rejects ends the process; a store that is down must not do so.
 */
function sendFailure(res: ServerResponse, error: unknown, errors: RequireOptions['errors']): undefined {
  if (errors === 'throw') throw error
  // A client that disconnects in the middle of a body gets no response, and must not fill the log.
  if (res.req.destroyed && !res.req.complete) return undefined
  console.error(error)
  const status = (error as { statusCode?: number } | undefined)?.statusCode ?? 500
  sendResponse(res, { status, headers: { 'content-type': 'text/plain' }, body: '' })
}

/** The token credential of this request or, without an argument, of the current async context. */
export function currentCredential<T extends TokenCredential = TokenCredential>(
  req?: IncomingMessage,
): WithoutSecrets<T> {
  return credentialOf<T>(req)
}

/**
 * The client, credential and verified parameters of this request. For two-legged requests, use this instead of
 * `currentCredential`.
 */
export function currentAuthentication<C extends Client = Client, T extends TokenCredential = TokenCredential>(
  req?: IncomingMessage,
): Authentication<C, T> {
  return authenticationOf<C, T>(req)
}
