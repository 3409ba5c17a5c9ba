/**
 * Express 4 and 5: endpoints as route handlers, protected routes with `requireOAuth`.
 *
 * @example
 * ```ts
 * import { currentCredential, endpoint, requireOAuth } from 'countersign/express'
 *
 * app.all('/oauth/token', endpoint(server.token))
 * app.get('/photos', requireOAuth(protector), (req, res) => res.json(currentCredential(req).userId))
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
  droppable,
  judge,
  neverSettles,
  type RefusalOptions,
  type RequireOptions,
  requireOptions,
} from './shared/guard.ts'
import { formFields, nodeRequest, sendResponse } from './shared/node-message.ts'
import { absoluteUrl } from './shared/target.ts'

export type { EndpointOptions } from './shared/endpoint.ts'
export type { RefusalOptions, RequireOptions } from './shared/guard.ts'

/** The subset of an Express request that this adapter uses. Express's own type fits. */
export interface ExpressRequest extends IncomingMessage {
  readonly originalUrl: string
  readonly protocol: string
  /** Returns a setting by name, typed as loosely as in Express. */
  // biome-ignore lint/suspicious/noExplicitAny: Express's own type
  readonly app: { get(name: string): any }
  /** Typed as loosely as in Express, so that a handler after `requireOAuth` keeps its type. */
  // biome-ignore lint/suspicious/noExplicitAny: Express's own type
  body?: any
}

type Next = (error?: unknown) => void
/** An Express request handler. */
export type ExpressHandler = (req: ExpressRequest, res: ServerResponse, next: Next) => Promise<void>
/** Express middleware that can also be called by hand, without `next`. */
export type ExpressGuard = (req: ExpressRequest, res: ServerResponse, next?: Next) => Promise<void>

const place: BodyPlace<ExpressRequest> = {
  kept: (req) => ({ raw: (req as { rawBody?: unknown }).rawBody, parsed: req.body }),
  remedy:
    'Mount requireOAuth or the endpoint before the body parser, or keep the raw body, for each parser: express.urlencoded({ verify: keepRawBody }), in NestJS NestFactory.create(AppModule, { rawBody: true }).',
}

/**
 * The `verify` function for `express.urlencoded` and Express's other body parsers, for applications that parse bodies
 * before this library sees them.
 *
 * @example
 * ```ts
 * app.use(express.urlencoded({ extended: true, verify: keepRawBody }))
 * ```
 */
export function keepRawBody(req: IncomingMessage, _res: ServerResponse, octets: Uint8Array): void {
  ;(req as { rawBody?: unknown }).rawBody = octets
}

/**
 * The request as the core expects it. Scheme and host are Express's own view (`trust proxy`). A form body is taken from
 * the unread stream (and left there, and in `req.body`, for the handler), from what was kept raw, or from a parsed body
 * without arrays.
 *
 * @throws OAuth1Error when the body is too large; ConfigurationError when it was parsed into arrays or objects.
 */
export function httpRequest(req: ExpressRequest, limits?: Partial<Limits>): Awaitable<HttpRequest> {
  const url = absoluteUrl(req.protocol, hostOf(req), req.originalUrl)
  const request = nodeRequest(req, req.method ?? 'GET', url, limits, req, place)
  return 'then' in request ? request.then((request) => withParsedForm(req, request)) : request
}

function withParsedForm(req: ExpressRequest, request: HttpRequest): HttpRequest {
  if (isUnparsed(req.body)) parseLater(req, request.body ?? '')
  return request
}

/**
 * Parses `req.body` when a handler first reads it, so a refused request costs no parsing, however many fields it has.
 */
function parseLater(req: ExpressRequest, text: string): void {
  const property = { configurable: true, enumerable: true }
  // A later parser overwrites it.
  const set = (value: unknown) => Object.defineProperty(req, 'body', { ...property, value, writable: true })
  const get = () => {
    const fields = formFields(text)
    set(fields)
    return fields
  }
  Object.defineProperty(req, 'body', { ...property, get, set })
}

/** Like `req.host` in Express 5; Express 4 drops the port. */
function hostOf({ app, headers, socket }: ExpressRequest): string | undefined {
  const isTrusted: (address: string | undefined, hop: number) => boolean = app.get('trust proxy fn')
  const forwarded = headers['x-forwarded-host'] as string | undefined
  return forwarded && isTrusted(socket.remoteAddress, 0) ? forwarded.split(',')[0]?.trim() : headers.host
}

/** Whether no parser produced a body: Express 4's parser leaves an empty object when there is nothing to parse. */
function isUnparsed(body: unknown): boolean {
  if (body === undefined || body === null) return true
  return Object.getPrototypeOf(body) === Object.prototype && Object.keys(body).length === 0
}

/**
 * A route handler for one of the server's endpoints, or for a function of your own that returns a response. An
 * `OAuth1Error` that the function throws becomes a response; anything else goes to `next`.
 *
 * @example
 * ```ts
 * app.all('/oauth/token', endpoint(server.token))
 * ```
 */
export function endpoint(
  responder: Responder<[req: ExpressRequest]>,
  options: EndpointOptions = {},
): ExpressHandler {
  const route = routeOf(responder, options)
  return async (req, res, next) => {
    try {
      const respond = async () => route.handle(await httpRequest(req, route.limits()), req)
      sendResponse(res, await route.run(req.headers.accept, respond))
    } catch (error) {
      next(error)
    }
  }
}

/**
 * Middleware that lets correctly signed requests through; later handlers call `currentCredential(req)`. Called by hand
 * without `next` it returns a promise to await: it resolves when the request may go on, rejects with what `next` would
 * get, and stays pending for a refused request, whose response it sends.
 *
 * @example
 * ```ts
 * app.get('/photos', requireOAuth(protector, 'photos:read'), (req, res) => res.json(currentCredential(req).userId))
 * ```
 */
export function requireOAuth<C extends Client, T extends TokenCredential>(
  protector: ResourceProtector<C, T>,
  scope?: string | RequireOptions,
): ExpressGuard {
  return guardOf(protector, requireOptions(scope))
}

/**
 * Like `requireOAuth`, for a resource of the client itself: lets requests through that a client signed without a token.
 * Later handlers read `currentAuthentication(req).client`.
 *
 * @example
 * ```ts
 * app.get('/usage', requireClient(protector), (req, res) => res.json(currentAuthentication(req).client.clientId))
 * ```
 */
export function requireClient<C extends Client, T extends TokenCredential>(
  protector: ResourceProtector<C, T>,
  options?: RefusalOptions,
): ExpressGuard {
  return guardOf(protector, clientDemand(options))
}

function guardOf<C extends Client, T extends TokenCredential>(
  protector: ResourceProtector<C, T>,
  demand: Demand,
): ExpressGuard {
  const check = (req: ExpressRequest) =>
    judge(
      protector,
      demand,
      [req],
      () => httpRequest(req, protector.limits),
      () => req.headers.accept,
    )
  const byHand = async (req: ExpressRequest, res: ServerResponse) => {
    const { refusal } = await check(req)
    if (refusal === undefined) return
    sendResponse(res, refusal)
    await neverSettles()
  }
  return async (req, res, next) => {
    if (next === undefined) return droppable(byHand(req, res))
    try {
      const verdict = await check(req)
      if (verdict.refusal) sendResponse(res, verdict.refusal)
      else withAuthentication(verdict.authentication, next)
    } catch (error) {
      next(error)
    }
  }
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
