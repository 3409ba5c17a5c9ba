/**
 * Koa: endpoints and `requireOAuth` as middleware.
 *
 * @example
 * ```ts
 * import { currentCredential, endpoint, requireOAuth } from 'countersign/koa'
 *
 * router.all('/oauth/token', endpoint(server.token))
 * router.get('/photos', requireOAuth(protector), (ctx) => { ctx.body = currentCredential(ctx).userId })
 * ```
 *
 * @module
 */

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { HttpRequest, HttpResponse } from '../protocol/http.ts'
import type { Limits } from '../protocol/limits.ts'
import type { Awaitable } from '../server/hooks.ts'
import type { Client, TokenCredential } from '../server/models.ts'
import type { Authentication, ResourceProtector } from '../server/resource-protector.ts'
import type { WithoutSecrets } from '../server/without-secrets.ts'
import type { BodyPlace } from './shared/body.ts'
import { besideEarlier, challengeHeader } from './shared/challenges.ts'
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
import { headersFor, nodeRequest, wireMethod } from './shared/node-message.ts'
import { absoluteUrl, refuseSecondQuestionMark } from './shared/target.ts'

export type { EndpointOptions } from './shared/endpoint.ts'
export type { RefusalOptions, RequireOptions } from './shared/guard.ts'

/** The subset of a Koa context that this adapter uses; Koa's own type fits. */
export interface KoaContext {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly request: object
  readonly method: string
  readonly protocol: string
  readonly host: string
  readonly originalUrl: string
  status: number
  body: unknown
  set(headers: { [name: string]: string | string[] }): void
}

/** A Koa middleware. */
export type KoaMiddleware = (ctx: KoaContext, next: () => Promise<unknown>) => Promise<unknown>
/** Koa middleware that can also be called by hand, without `next`. */
export type KoaGuard = (ctx: KoaContext, next?: () => Promise<unknown>) => Promise<unknown>

interface ReadRequest {
  readonly rawBody?: unknown
  readonly body?: unknown
}

const place: BodyPlace<ReadRequest> = {
  kept: ({ rawBody: raw, body: parsed }) => ({ raw, parsed }),
  remedy:
    'Use requireOAuth or the endpoint before the body parser, or a parser that keeps ctx.request.rawBody, such as @koa/bodyparser.',
}

/**
 * The request as the core expects it. Scheme and host are Koa's own view (`app.proxy`). A form body is taken from the
 * unread stream (and left there for a later parser), from `ctx.request.rawBody`, or from a parsed body without arrays.
 *
 * @throws OAuth1Error when the body is too large; ConfigurationError when it was parsed into arrays or objects.
 */
export function httpRequest(ctx: KoaContext, limits?: Partial<Limits>): Awaitable<HttpRequest> {
  const { req } = ctx
  refuseSecondQuestionMark(ctx.originalUrl)
  const request = ctx.request as ReadRequest & { originalMethod?: string }
  // When Koa is mounted below a path of Express or Connect, its own `originalUrl` is stripped too.
  const { originalUrl = ctx.originalUrl } = req as { originalUrl?: string }
  refuseSecondQuestionMark(originalUrl)
  const url = absoluteUrl(ctx.protocol, ctx.host, originalUrl)
  const wire = request.originalMethod ?? wireMethod(req)
  return nodeRequest(req, ctx.method, url, limits, request, place, wire)
}

/**
 * Middleware for one of the server's endpoints, or for a function of your own that returns a response. An `OAuth1Error`
 * that the function throws becomes a response; anything else is thrown to Koa.
 *
 * @example
 * ```ts
 * router.all('/oauth/token', endpoint(server.token))
 * ```
 */
export function endpoint(
  responder: Responder<[ctx: KoaContext]>,
  options: EndpointOptions = {},
): KoaMiddleware {
  const route = routeOf(responder, options)
  return async (ctx) => {
    const respond = async () => route.handle(await httpRequest(ctx, route.limits()), ctx)
    send(ctx, await route.run(ctx.req.headers.accept, respond))
  }
}

/**
 * Middleware that lets correctly signed requests through; later middleware calls `currentCredential(ctx)`. Called by
 * hand without `next` it returns a promise to await, which rejects for a refused request: Koa responds with the
 * refusal.
 *
 * @example
 * ```ts
 * router.get('/photos', requireOAuth(protector, 'photos:read'), (ctx) => { ctx.body = currentCredential(ctx).userId })
 * ```
 */
export function requireOAuth<C extends Client, T extends TokenCredential>(
  protector: ResourceProtector<C, T>,
  scope?: string | RequireOptions,
): KoaGuard {
  return guardOf(protector, requireOptions(scope))
}

/**
 * Like `requireOAuth`, for a resource of the client itself: lets requests through that a client signed without a token.
 * Later middleware reads `currentAuthentication(ctx).client`.
 *
 * @example
 * ```ts
 * router.get('/usage', requireClient(protector), (ctx) => { ctx.body = currentAuthentication(ctx).client.clientId })
 * ```
 */
export function requireClient<C extends Client, T extends TokenCredential>(
  protector: ResourceProtector<C, T>,
  options?: RefusalOptions,
): KoaGuard {
  return guardOf(protector, clientDemand(options))
}

function guardOf<C extends Client, T extends TokenCredential>(
  protector: ResourceProtector<C, T>,
  demand: Demand,
): KoaGuard {
  const guard: KoaGuard = async (ctx, next) => {
    const read = () => httpRequest(ctx, protector.limits)
    const requests = [ctx.req, ctx, ctx.request] as const
    const verdict = await judge(protector, demand, requests, read, () => ctx.req.headers.accept)
    if (verdict.refusal === undefined) return next && withAuthentication(verdict.authentication, next)
    if (next) return send(ctx, verdict.refusal)
    // Koa sends an error's status, only these headers, and the message if it may be exposed.
    const headers = besideEarlier(verdict.refusal.headers, ctx.res.getHeader(challengeHeader))
    throw Object.assign(verdict.error, { expose: true, headers })
  }
  return (ctx, next) => (next ? guard(ctx, next) : droppable(guard(ctx)))
}

function send(ctx: KoaContext, response: HttpResponse): void {
  ctx.status = response.status
  ctx.body = response.body
  const headers = besideEarlier(headersFor(ctx.req, response), ctx.res.getHeader(challengeHeader))
  for (const [name, value] of Object.entries(headers))
    ctx.set({ [name]: typeof value === 'number' ? String(value) : value })
}

/** The token credential of this request or, without an argument, of the current async context. */
export function currentCredential<T extends TokenCredential = TokenCredential>(
  ctx?: KoaContext | IncomingMessage,
): WithoutSecrets<T> {
  return credentialOf<T>(ctx)
}

/**
 * The client, credential and verified parameters of this request. For two-legged requests, use this instead of
 * `currentCredential`.
 */
export function currentAuthentication<C extends Client = Client, T extends TokenCredential = TokenCredential>(
  ctx?: KoaContext | IncomingMessage,
): Authentication<C, T> {
  return authenticationOf<C, T>(ctx)
}
