import type { IncomingMessage, ServerResponse } from 'node:http'
import type { HttpRequest, HttpResponse } from '../protocol/http.ts'
import type { Limits } from '../protocol/limits.ts'
import type { Awaitable } from '../server/hooks.ts'
import type { Client, TokenCredential } from '../server/models.ts'
import type { Authentication, ResourceProtector } from '../server/resource-protector.ts'
import { absoluteUrl, isForm, refuseSecondQuestionMark } from './carrier.ts'
import { headersFor, headersOf, nodeForm } from './node-stream.ts'
import {
  answerOf,
  authenticationOf,
  credentialOf,
  type EndpointOptions,
  judge,
  type RequireOptions,
  requireOptions,
  withAuthentication,
} from './shared.ts'

export type { EndpointOptions, RequireOptions } from './shared.ts'

/** As much of a Koa context as is used here; Koa's own type fits. */
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
  set(headers: { [name: string]: string }): void
}

/** A Koa middleware. */
export type KoaMiddleware = (ctx: KoaContext, next: () => Promise<unknown>) => Promise<unknown>

const remedy =
  'Use requireOAuth or the endpoint before the body parser, or a parser that keeps ctx.request.rawBody, such as @koa/bodyparser.'

/**
 * The request as the core wants it. Scheme and host are Koa's own view (`app.proxy`). A form body is taken from the
 * unread stream (and left there for a later parser), from `ctx.request.rawBody`, or from a parsed body without arrays.
 *
 * @throws OAuth1Error when the body is too large; ConfigurationError when it was parsed into arrays or objects.
 */
export function httpRequest(ctx: KoaContext, limits?: Limits): Awaitable<HttpRequest> {
  refuseSecondQuestionMark(ctx.originalUrl)
  const url = absoluteUrl(ctx.protocol, ctx.host, ctx.originalUrl)
  const request = { method: ctx.method, url, headers: headersOf(ctx.req) }
  if (!isForm(ctx.req.headers['content-type'])) return request
  const { body: parsed, rawBody: raw } = ctx.request as { body?: unknown; rawBody?: unknown }
  return nodeForm(ctx.req, limits, { raw, parsed, remedy }).then((body) => ({ ...request, body }))
}

/**
 * A middleware from a function of the core: one of the server's `create…Response` methods, or your own.
 * An `OAuth1Error` that the function throws is answered; anything else is thrown to Koa.
 *
 * @example
 * ```ts
 * router.all('/oauth/token', endpoint((request) => server.createTokenResponse(request)))
 * ```
 */
export function endpoint(
  answer: (request: HttpRequest, ctx: KoaContext) => Awaitable<HttpResponse>,
  options: EndpointOptions = {},
): KoaMiddleware {
  return async (ctx) => {
    const run = async () => answer(await httpRequest(ctx, options.limits), ctx)
    send(ctx, await answerOf(ctx.req.headers.accept, options, run))
  }
}

/**
 * Middleware that lets correctly signed requests through, with `currentCredential(ctx)` at hand behind it.
 *
 * @example
 * ```ts
 * router.get('/photos', requireOAuth(protector, 'photos:read'), (ctx) => { ctx.body = currentCredential(ctx).userId })
 * ```
 */
export function requireOAuth<C extends Client, T extends TokenCredential>(
  protector: ResourceProtector<C, T>,
  scope?: string | RequireOptions,
): KoaMiddleware {
  const options = requireOptions(scope)
  return async (ctx, next) => {
    const read = () => httpRequest(ctx, protector.limits)
    const requests = [ctx.req, ctx, ctx.request] as const
    const verdict = await judge(protector, options, requests, read, () => ctx.req.headers.accept)
    return verdict.refusal ? send(ctx, verdict.refusal) : withAuthentication(verdict.authentication, next)
  }
}

function send(ctx: KoaContext, response: HttpResponse): void {
  ctx.status = response.status
  ctx.body = response.body
  for (const [name, value] of Object.entries(headersFor(ctx.req, response)))
    ctx.set({ [name]: String(value) })
}

/** The token credential of this request, or without an argument that of the current async context. */
export function currentCredential<T extends TokenCredential = TokenCredential>(
  ctx?: KoaContext | IncomingMessage,
): T {
  return credentialOf<T>(ctx)
}

/** Client, credential and verified parameters of this request; the only one of the two for two-legged requests. */
export function currentAuthentication<C extends Client = Client, T extends TokenCredential = TokenCredential>(
  ctx?: KoaContext | IncomingMessage,
): Authentication<C, T> {
  return authenticationOf<C, T>(ctx)
}
