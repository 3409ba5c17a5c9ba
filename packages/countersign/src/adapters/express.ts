import type { IncomingMessage, ServerResponse } from 'node:http'
import type { HttpRequest, HttpResponse } from '../protocol/http.ts'
import type { Limits } from '../protocol/limits.ts'
import type { Awaitable } from '../server/hooks.ts'
import type { Client, TokenCredential } from '../server/models.ts'
import type { Authentication, ResourceProtector } from '../server/resource-protector.ts'
import type { WithoutSecrets } from '../server/without-secrets.ts'
import { absoluteUrl, isForm } from './carrier.ts'
import { formFields, headersOf, nodeForm, sendResponse } from './node-stream.ts'
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

/** As much of an Express request as is used here; Express's own type fits. */
export interface ExpressRequest extends IncomingMessage {
  readonly originalUrl: string
  readonly protocol: string
  /** Answers a setting by its name, as loose as Express has it. */
  // biome-ignore lint/suspicious/noExplicitAny: Express's own type
  readonly app: { get(name: string): any }
  /** As loose as Express has it: a handler behind `requireOAuth` keeps its type. */
  // biome-ignore lint/suspicious/noExplicitAny: Express's own type
  body?: any
}

type Next = (error?: unknown) => void
/** An Express request handler. */
export type ExpressHandler = (req: ExpressRequest, res: ServerResponse, next: Next) => Promise<void>

const remedy =
  'Mount requireOAuth or the endpoint before the body parser, or keep the raw text: express.urlencoded({ verify: keepRawBody }), in NestJS NestFactory.create(AppModule, { rawBody: true }).'

/**
 * The `verify` function for `express.urlencoded`, for applications that parse bodies before this library sees them.
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
 * The request as the core wants it. Scheme and host are Express's own view (`trust proxy`). A form body is taken from
 * the unread stream (and left there, and in `req.body`, for the handler), from what was kept raw, or from a parsed body without arrays.
 *
 * @throws OAuth1Error when the body is too large; ConfigurationError when it was parsed into arrays or objects.
 */
export function httpRequest(req: ExpressRequest, limits?: Limits): Awaitable<HttpRequest> {
  const url = absoluteUrl(req.protocol, hostOf(req), req.originalUrl)
  const request = { method: req.method ?? 'GET', url, headers: headersOf(req) }
  return isForm(req.headers['content-type']) ? withForm(request, req, limits) : request
}

async function withForm(
  request: HttpRequest,
  req: ExpressRequest,
  limits: Limits | undefined,
): Promise<HttpRequest> {
  const { rawBody: raw } = req as { rawBody?: unknown }
  const body = await nodeForm(req, limits, { raw, parsed: req.body, remedy })
  // A parser that comes later overwrites it.
  if (isUnparsed(req.body)) req.body = formFields(body)
  return { ...request, body }
}

/** As `req.host` in Express 5; that of Express 4 loses the port. */
function hostOf({ app, headers, socket }: ExpressRequest): string | undefined {
  const isTrusted: (address: string | undefined, hop: number) => boolean = app.get('trust proxy fn')
  const forwarded = headers['x-forwarded-host'] as string | undefined
  return forwarded && isTrusted(socket.remoteAddress, 0) ? forwarded.split(',')[0]?.trim() : headers.host
}

/** Whether no parser made a body: that of Express 4 leaves an empty object where it has nothing to parse. */
function isUnparsed(body: unknown): boolean {
  if (body === undefined || body === null) return true
  return Object.getPrototypeOf(body) === Object.prototype && Object.keys(body).length === 0
}

/**
 * A route handler from a function of the core: one of the server's `create…Response` methods, or your own.
 * An `OAuth1Error` that the function throws is answered; anything else goes to `next`.
 *
 * @example
 * ```ts
 * app.all('/oauth/token', endpoint((request) => server.createTokenResponse(request)))
 * ```
 */
export function endpoint(
  answer: (request: HttpRequest, req: ExpressRequest) => Awaitable<HttpResponse>,
  options: EndpointOptions = {},
): ExpressHandler {
  return async (req, res, next) => {
    try {
      const run = async () => answer(await httpRequest(req, options.limits), req)
      sendResponse(res, await answerOf(req.headers.accept, options, run))
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
  const options = requireOptions(scope)
  return async (req, res, next) => {
    try {
      const read = () => httpRequest(req, protector.limits)
      const verdict = await judge(protector, options, [req], read, () => req.headers.accept)
      if (verdict.refusal) sendResponse(res, verdict.refusal)
      else withAuthentication(verdict.authentication, next)
    } catch (error) {
      next(error)
    }
  }
}

/** The token credential of this request, or without an argument that of the current async context. */
export function currentCredential<T extends TokenCredential = TokenCredential>(
  req?: IncomingMessage,
): WithoutSecrets<T> {
  return credentialOf<T>(req)
}

/** Client, credential and verified parameters of this request; the only one of the two for two-legged requests. */
export function currentAuthentication<C extends Client = Client, T extends TokenCredential = TokenCredential>(
  req?: IncomingMessage,
): Authentication<C, T> {
  return authenticationOf<C, T>(req)
}
