/**
 * Hono, on Node, Bun, Deno and Workers: endpoints as handlers, protected routes with `requireOAuth`.
 *
 * @example
 * ```ts
 * import { currentCredential, endpoint, requireOAuth } from 'countersign/hono'
 *
 * app.all('/oauth/token', endpoint(server.token))
 * app.get('/photos', requireOAuth(protector), (c) => c.json(currentCredential(c).userId))
 * ```
 *
 * @module
 */

import type { HttpResponse } from '../protocol/http.ts'
import type { Client, TokenCredential } from '../server/models.ts'
import type { Authentication, ResourceProtector } from '../server/resource-protector.ts'
import type { WithoutSecrets } from '../server/without-secrets.ts'
import { type HonoContext, httpRequest } from './hono/request.ts'
import { challengeHeader, challenges } from './shared/challenges.ts'
import { authenticationOf, credentialOf, withAuthentication } from './shared/current.ts'
import { type EndpointOptions, type Responder, routeOf } from './shared/endpoint.ts'
import {
  clientDemand,
  type Demand,
  droppable,
  judge,
  type RefusalOptions,
  type RequireOptions,
  requireOptions,
} from './shared/guard.ts'
import { webResponse } from './shared/web-message.ts'

export { type HonoContext, httpRequest } from './hono/request.ts'
export type { EndpointOptions } from './shared/endpoint.ts'
export type { RefusalOptions, RequireOptions } from './shared/guard.ts'

/** A Hono handler. */
export type HonoHandler = (c: HonoContext) => Promise<Response>
/** A Hono middleware. */
// biome-ignore lint/suspicious/noConfusingVoidType: as Hono's own type has it
export type HonoMiddleware = (c: HonoContext, next: () => Promise<void>) => Promise<Response | void>
/** A Hono middleware that can also be called by hand, without `next`. */
// biome-ignore lint/suspicious/noConfusingVoidType: as Hono's own type has it
export type HonoGuard = (c: HonoContext, next?: () => Promise<void>) => Promise<Response | void>

/**
 * A handler for one of the server's endpoints, or for a function of your own that returns a response. An `OAuth1Error`
 * that the function throws becomes a response; anything else goes to `app.onError`.
 *
 * @example
 * ```ts
 * app.all('/oauth/token', endpoint(server.token))
 * ```
 */
export function endpoint(responder: Responder<[c: HonoContext]>, options: EndpointOptions = {}): HonoHandler {
  const route = routeOf(responder, options)
  return async (c) => {
    const respond = async () => route.handle(await httpRequest(c, route.limits()), c)
    const response = await route.run(acceptOf(c), respond)
    return response.headers[challengeHeader] === undefined ? webResponse(response) : send(c, response)
  }
}

/**
 * Middleware that lets correctly signed requests through; later handlers call `currentCredential(c)`. Called by hand
 * without `next` it returns a promise to await, which rejects for a refused request: Hono responds with the refusal.
 *
 * @example
 * ```ts
 * app.get('/photos', requireOAuth(protector, 'photos:read'), (c) => c.json(currentCredential(c).userId))
 * ```
 */
export function requireOAuth<C extends Client, T extends TokenCredential>(
  protector: ResourceProtector<C, T>,
  scope?: string | RequireOptions,
): HonoGuard {
  return guardOf(protector, requireOptions(scope))
}

/**
 * Like `requireOAuth`, for a resource of the client itself: lets requests through that a client signed without a token.
 * Later handlers read `currentAuthentication(c).client`.
 *
 * @example
 * ```ts
 * app.get('/usage', requireClient(protector), (c) => c.json(currentAuthentication(c).client.clientId))
 * ```
 */
export function requireClient<C extends Client, T extends TokenCredential>(
  protector: ResourceProtector<C, T>,
  options?: RefusalOptions,
): HonoGuard {
  return guardOf(protector, clientDemand(options))
}

function guardOf<C extends Client, T extends TokenCredential>(
  protector: ResourceProtector<C, T>,
  demand: Demand,
): HonoGuard {
  const guard: HonoGuard = async (c, next) => {
    const read = () => httpRequest(c, protector.limits)
    const verdict = await judge(protector, demand, [c, c.req], read, () => acceptOf(c))
    const { refusal } = verdict
    if (refusal === undefined) return next && withAuthentication(verdict.authentication, next)
    if (next) return send(c, refusal)
    // Hono sends the response that an error holds.
    throw Object.assign(verdict.error, { getResponse: () => refusalOf(c, refusal) })
  }
  return (c, next) => (next ? guard(c, next) : droppable(guard(c)))
}

function acceptOf(c: HonoContext): string | undefined {
  return c.req.raw.headers.get('accept') ?? undefined
}

/**
 * A refusal, with earlier middleware's challenges before its own. When two responses meet, Hono prefers the earlier
 * one's headers, so that response gets the challenges too.
 */
function refusalOf(c: HonoContext, refusal: HttpResponse): Response {
  const response = webResponse(refusal)
  const own = response.headers.get(challengeHeader)
  const earlier = c.res.headers.get(challengeHeader)
  if (own && earlier) response.headers.set(challengeHeader, challenges(earlier, own).join(', '))
  response.headers.forEach((value, name) => {
    c.header(name, value)
  })
  return response
}

/** Outer middleware may drop the returned response, so it is also set on the context. */
function send(c: HonoContext, refusal: HttpResponse): Response {
  c.res = refusalOf(c, refusal)
  return c.res
}

/** The token credential of this request or, without an argument, of the current async context. */
export function currentCredential<T extends TokenCredential = TokenCredential>(
  c?: HonoContext,
): WithoutSecrets<T> {
  return credentialOf<T>(c)
}

/**
 * The client, credential and verified parameters of this request. For two-legged requests, use this instead of
 * `currentCredential`.
 */
export function currentAuthentication<C extends Client = Client, T extends TokenCredential = TokenCredential>(
  c?: HonoContext,
): Authentication<C, T> {
  return authenticationOf<C, T>(c)
}
