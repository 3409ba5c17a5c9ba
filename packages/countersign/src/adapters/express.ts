import type { IncomingMessage, ServerResponse } from 'node:http'
import { parse as parseQuerystring } from 'node:querystring'
import { OAuth1Error } from '../protocol/errors.ts'
import type { HttpRequest, HttpResponse } from '../protocol/http.ts'
import type { Limits } from '../protocol/limits.ts'
import type { Awaitable } from '../server/hooks.ts'
import type { Client, TokenCredential } from '../server/models.ts'
import type { Authentication, ResourceProtector } from '../server/resource-protector.ts'
import { headersOf, readStream, sendResponse } from './node-stream.ts'
import {
  absoluteUrl,
  authenticationOf,
  credentialOf,
  formText,
  isForm,
  type RequireOptions,
  requireOptions,
  withAuthentication,
} from './shared.ts'

/** As much of an Express request as is used here; Express's own type fits. */
export interface ExpressRequest extends IncomingMessage {
  readonly originalUrl: string
  readonly protocol: string
  readonly host: string
  // biome-ignore lint/suspicious/noExplicitAny: with `unknown`, Express's types infer `unknown` for the handler behind
  body?: any
  rawBody?: unknown
}

type Next = (error?: unknown) => void
/** An Express request handler. */
export type ExpressHandler = (req: ExpressRequest, res: ServerResponse, next: Next) => Promise<void>

const remedy =
  'Mount requireOAuth or the endpoint before the body parser, or keep the raw text: express.urlencoded({ verify: keepRawBody }).'

/**
 * The `verify` function for `express.urlencoded`, for applications that parse bodies before this library sees them.
 *
 * @example
 * ```ts
 * app.use(express.urlencoded({ extended: true, verify: keepRawBody }))
 * ```
 */
export function keepRawBody(req: IncomingMessage, _res: ServerResponse, octets: Uint8Array): void {
  ;(req as ExpressRequest).rawBody = octets
}

/**
 * The request as the core wants it. Scheme and host are Express's own view (`trust proxy`). A form body is taken from
 * what was kept raw, from the unread stream (then `req.body` is set for the handler), or from a flat parsed body.
 *
 * @throws OAuth1Error when the body is too large; ConfigurationError when it was parsed into nested objects.
 */
export async function httpRequest(req: ExpressRequest, limits?: Limits): Promise<HttpRequest> {
  const url = absoluteUrl(req.protocol, req.host, req.originalUrl)
  const request = { method: req.method ?? 'GET', url, headers: headersOf(req) }
  if (!isForm(req.headers['content-type'])) return request
  const body = await formText({
    raw: req.rawBody,
    parsed: req.body,
    stream: () => readStream(req, limits),
    remedy,
  })
  // The stream is spent: the handler finds what express.urlencoded would have left.
  req.body ??= parseQuerystring(body)
  return { ...request, body }
}

/**
 * A route handler from a function of the core: one of the server's `create…Response` methods, or your own.
 *
 * @example
 * ```ts
 * app.all('/oauth/token', endpoint((request) => server.createTokenResponse(request)))
 * ```
 */
export function endpoint(
  answer: (request: HttpRequest, req: ExpressRequest) => Awaitable<HttpResponse>,
): ExpressHandler {
  return async (req, res, next) => {
    try {
      sendResponse(res, await answer(await httpRequest(req), req))
    } catch (error) {
      next(error)
    }
  }
}

/**
 * Middleware that lets correctly signed requests through, with `currentCredential(req)` at hand behind it.
 *
 * @example
 * ```ts
 * app.get('/photos', requireOAuth(protector, 'photos:read'), (req, res) => res.json(currentCredential(req).userId))
 * ```
 */
export function requireOAuth<C extends Client, T extends TokenCredential>(
  protector: ResourceProtector<C, T>,
  scope?: string | RequireOptions,
): ExpressHandler {
  const { scope: required, errors } = requireOptions(scope)
  return async (req, res, next) => {
    let authentication: Authentication<C, T>
    try {
      authentication = await protector.authenticate(await httpRequest(req, protector.limits), required)
    } catch (error) {
      if (!(error instanceof OAuth1Error) || errors === 'throw') return next(error)
      return sendResponse(res, protector.errorResponse(error, req.headers.accept))
    }
    withAuthentication([req], authentication, next)
  }
}

/** The token credential of this request, or without an argument that of the current async context. */
export function currentCredential<T extends TokenCredential = TokenCredential>(req?: IncomingMessage): T {
  return credentialOf<T>(req)
}

/** Client, credential and verified parameters of this request; the only one of the two for two-legged requests. */
export function currentAuthentication<C extends Client = Client, T extends TokenCredential = TokenCredential>(
  req?: IncomingMessage,
): Authentication<C, T> {
  return authenticationOf<C, T>(req)
}
