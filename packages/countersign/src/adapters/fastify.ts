import type { IncomingMessage } from 'node:http'
import type { HttpRequest, HttpResponse } from '../protocol/http.ts'
import type { Limits } from '../protocol/limits.ts'
import type { Awaitable } from '../server/hooks.ts'
import type { Client, TokenCredential } from '../server/models.ts'
import type { Authentication, ResourceProtector } from '../server/resource-protector.ts'
import type { WithoutSecrets } from '../server/without-secrets.ts'
import { absoluteUrl, isForm } from './carrier.ts'
import { formFields, headersFor, headersOf, nodeForm, peekForm } from './node-stream.ts'
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

/** As much of a Fastify request as is used here; Fastify's own type fits. */
export interface FastifyRequest {
  readonly raw: IncomingMessage
  readonly method: string
  readonly protocol: string
  readonly host: string
  readonly originalUrl: string
  body?: unknown
}

/** As much of a Fastify reply as is used here. */
export interface FastifyReply {
  code(status: number): unknown
  headers(values: Record<string, string | number>): unknown
  send(payload: Buffer): unknown
}

type Done = (error?: Error) => void
/** As much of a Fastify instance as the plugin uses. */
export interface FastifyInstance {
  addContentTypeParser(
    type: RegExp,
    options: { parseAs: 'string' },
    parse: (request: FastifyRequest, body: string, done: (error: null, body: unknown) => void) => void,
  ): unknown
  addHook(
    name: 'preParsing',
    hook: (request: FastifyRequest, reply: unknown, payload: unknown, done: (error: null) => void) => void,
  ): unknown
}

const remedy = "Register the plugin: app.register(countersign), from 'countersign/fastify'."

/**
 * The plugin: keeps the text of form bodies as it was sent, for the signature, and parses forms where no other parser
 * does. `@fastify/formbody` may be registered before it, after it, or not at all. A protector that takes larger forms
 * than by default needs the same `limits` here.
 *
 * @example
 * ```ts
 * app.register(countersign)
 * ```
 */
export const countersign: (
  app: FastifyInstance,
  options: { readonly limits?: Pick<Limits, 'maxBodyLength'> },
  done: Done,
) => void = Object.assign(
  (app: FastifyInstance, options: { readonly limits?: Pick<Limits, 'maxBodyLength'> }, done: Done) => {
    // By pattern: a parser that is registered by name, before or after, takes precedence and does not clash.
    const form = /^application\/x-www-form-urlencoded(?:[ \t]*;|$)/i
    app.addContentTypeParser(form, { parseAs: 'string' }, (_request, body, parsed) =>
      parsed(null, formFields(body)),
    )
    app.addHook('preParsing', (request, _reply, _payload, next) => {
      if (!isForm(request.raw.headers['content-type'])) return next(null)
      // A failure is for the routes that check signatures; the others get their body as ever.
      void Promise.resolve(peekForm(request.raw, options.limits))
        .catch(() => {})
        .then(() => next(null))
    })
    done()
  },
  // Fastify's sign for "not encapsulated", as fastify-plugin sets it.
  { [Symbol.for('skip-override')]: true, [Symbol.for('fastify.display-name')]: 'countersign' },
)

/**
 * The request as the core wants it. Scheme and host are Fastify's own view (`trustProxy`). A form body is what the
 * plugin kept, the unread stream (in an `onRequest` hook), or a parsed body without objects.
 *
 * @throws OAuth1Error when the body is too large; ConfigurationError when it was parsed into arrays or objects.
 */
export function httpRequest(request: FastifyRequest, limits?: Limits): Awaitable<HttpRequest> {
  const { raw: req, method, protocol, host, originalUrl } = request
  const url = absoluteUrl(protocol, host, originalUrl)
  const http = { method, url, headers: headersOf(req) }
  if (!isForm(req.headers['content-type'])) return http
  const { body: parsed, rawBody: raw } = request as { body?: unknown; rawBody?: unknown }
  return nodeForm(req, limits, { raw, parsed, remedy }).then((body) => ({ ...http, body }))
}

/** A Fastify route handler. */
export type FastifyHandler = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>

/**
 * A route handler from a function of the core: one of the server's `create…Response` methods, or your own.
 * An `OAuth1Error` that the function throws is answered; anything else goes to Fastify's error handler.
 *
 * @example
 * ```ts
 * app.all('/oauth/token', endpoint((request) => server.createTokenResponse(request)))
 * ```
 */
export function endpoint(
  answer: (request: HttpRequest, fastifyRequest: FastifyRequest) => Awaitable<HttpResponse>,
  options: EndpointOptions = {},
): FastifyHandler {
  return async (request, reply) => {
    const run = async () => answer(await httpRequest(request, options.limits), request)
    return send(request, reply, await answerOf(request.raw.headers.accept, options, run))
  }
}

/**
 * A hook (`onRequest`, `preValidation` or `preHandler`) that lets correctly signed requests through, with
 * `currentCredential(request)` at hand behind it. In `onRequest` a refused request's body is never parsed.
 *
 * @example
 * ```ts
 * app.get('/photos', { onRequest: requireOAuth(protector, 'photos:read') }, (request) => currentCredential(request).userId)
 * ```
 */
export function requireOAuth<C extends Client, T extends TokenCredential>(
  protector: ResourceProtector<C, T>,
  scope?: string | RequireOptions,
): (request: FastifyRequest, reply: FastifyReply, done: Done) => void {
  const options = requireOptions(scope)
  return (request, reply, done) => {
    const read = () => httpRequest(request, protector.limits)
    const requests = [request.raw, request] as const
    judge(protector, options, requests, read, () => request.raw.headers.accept).then((verdict) => {
      if (verdict.refusal) send(request, reply, verdict.refusal)
      else withAuthentication(verdict.authentication, done)
    }, done)
  }
}

/** As octets: to a string Fastify would add a charset. */
function send(request: FastifyRequest, reply: FastifyReply, response: HttpResponse): FastifyReply {
  reply.code(response.status)
  reply.headers(headersFor(request.raw, response))
  reply.send(Buffer.from(response.body))
  return reply
}

/** The token credential of this request, or without an argument that of the current async context. */
export function currentCredential<T extends TokenCredential = TokenCredential>(
  request?: FastifyRequest | IncomingMessage,
): WithoutSecrets<T> {
  return credentialOf<T>(request)
}

/** Client, credential and verified parameters of this request; the only one of the two for two-legged requests. */
export function currentAuthentication<C extends Client = Client, T extends TokenCredential = TokenCredential>(
  request?: FastifyRequest | IncomingMessage,
): Authentication<C, T> {
  return authenticationOf<C, T>(request)
}
