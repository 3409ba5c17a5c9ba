/**
 * Fastify: endpoints as route handlers, `requireOAuth` as a hook, and a plugin that keeps form bodies as they were sent.
 *
 * @example
 * ```ts
 * import { countersign, currentCredential, endpoint, requireOAuth } from 'countersign/fastify'
 *
 * app.register(countersign)
 * app.all('/oauth/token', endpoint(server.token))
 * app.get('/photos', { onRequest: requireOAuth(protector) }, (request) => currentCredential(request).userId)
 * ```
 *
 * @module
 */

import type { IncomingMessage } from 'node:http'
import { isForm } from '../protocol/form-type.ts'
import type { HttpRequest, HttpResponse } from '../protocol/http.ts'
import { defaultLimits, type Limits } from '../protocol/limits.ts'
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
  neverSettles,
  type RefusalOptions,
  type RequireOptions,
  requireOptions,
} from './shared/guard.ts'
import { peekBody } from './shared/node-body.ts'
import { formFields, headersFor, nodeRequest } from './shared/node-message.ts'
import { absoluteUrl } from './shared/target.ts'

export type { EndpointOptions } from './shared/endpoint.ts'
export type { RefusalOptions, RequireOptions } from './shared/guard.ts'

/** The subset of a Fastify request that this adapter uses; Fastify's own type fits. */
export interface FastifyRequest {
  readonly raw: IncomingMessage
  readonly method: string
  readonly protocol: string
  readonly host: string
  readonly originalUrl: string
  readonly routeOptions: { readonly bodyLimit?: number | undefined; readonly handler?: unknown }
  // biome-ignore lint/suspicious/noExplicitAny: Fastify types what it gives and what it takes differently
  headers: any
  body?: unknown
}

/** The subset of a Fastify reply that this adapter uses. */
export interface FastifyReply {
  code(status: number): unknown
  headers(values: Record<string, string | number | string[]>): unknown
  getHeader(name: string): number | string | string[] | undefined
  send(payload: Buffer): unknown
}

type Done = (error?: Error) => void
/** The subset of a Fastify instance that the plugin uses. */
export interface FastifyInstance {
  addContentTypeParser(
    type: RegExp,
    options: { parseAs: 'string' },
    parse: (
      request: FastifyRequest,
      body: string,
      done: (error: Error | null, body?: unknown) => void,
    ) => void,
  ): unknown
  addHook(
    name: 'preParsing',
    hook: (
      request: FastifyRequest,
      reply: unknown,
      payload: unknown,
      done: (error: Error | null) => void,
    ) => void,
  ): unknown
}

const place: BodyPlace<FastifyRequest> = {
  kept: (request) => ({ raw: (request as { rawBody?: unknown }).rawBody, parsed: request.body }),
  remedy:
    "For forms register the plugin: app.register(countersign), from 'countersign/fastify'; for any body use requireOAuth in an onRequest hook, in NestJS NestFactory.create(AppModule, { rawBody: true }).",
}

const readsBody: unique symbol = Symbol('countersign.readsBody')

/**
 * The prototype of handlers for a server's endpoints, whose body this adapter reads itself. Fastify binds handlers, and
 * a bound function loses its properties but keeps its prototype.
 */
const bodyReader: object = Object.create(Function.prototype, { [readsBody]: { value: true } })

/** A request with these headers has no body for Fastify to parse. */
const bodiless = { 'content-type': undefined, 'content-length': undefined, 'transfer-encoding': undefined }

/**
 * The plugin: keeps the text of form bodies as sent, for the signature, and parses forms that no other parser handles.
 * `@fastify/formbody` may be registered before it, after it, or not at all. A server's own limits apply to forms for
 * its endpoints; other forms may be as long as Fastify's `bodyLimit`, unless `limits` says otherwise. If a protector
 * accepts more parameters than the default, pass the same `limits` here.
 *
 * @example
 * ```ts
 * app.register(countersign)
 * ```
 */
export const countersign: (
  app: FastifyInstance,
  options: { readonly limits?: Partial<Limits> },
  done: Done,
) => void = Object.assign(
  (app: FastifyInstance, { limits = {} }: { readonly limits?: Partial<Limits> }, done: Done) => {
    // Registered by pattern, so that a parser registered by name, earlier or later, takes precedence without a clash.
    const form = /^application\/x-www-form-urlencoded(?:[ \t]*;|$)/i
    app.addContentTypeParser(form, { parseAs: 'string' }, (_request, body, parsed) => {
      try {
        parsed(null, formFields(body, limits.maxParameters ?? defaultLimits.maxParameters))
      } catch (error) {
        parsed(error as Error)
      }
    })
    app.addHook('preParsing', (request, _reply, _payload, next) => {
      if (!isForm(request.raw.headers['content-type'])) return next(null)
      const { handler, bodyLimit } = request.routeOptions
      if ((handler as { [readsBody]?: true } | undefined)?.[readsBody]) {
        request.headers = bodiless
        return next(null)
      }
      const most = bodyLimit === undefined ? {} : { maxBodyLength: bodyLimit }
      void Promise.resolve(peekBody(request.raw, { ...most, ...limits })).then(
        () => next(null),
        // Fastify's parsers would wait forever. Routes that check signatures report all other failures.
        (error) => next(error.code === 'request_timeout' ? error : null),
      )
    })
    done()
  },
  // Tells Fastify not to encapsulate the plugin, as fastify-plugin does.
  { [Symbol.for('skip-override')]: true, [Symbol.for('fastify.display-name')]: 'countersign' },
)

/**
 * The request as the core expects it. Scheme and host are Fastify's own view (`trustProxy`). A form body is what the
 * plugin kept, the unread stream (in an `onRequest` hook), or a parsed body without objects.
 *
 * @throws OAuth1Error when the body is too large; ConfigurationError when it was parsed into arrays or objects.
 */
export function httpRequest(request: FastifyRequest, limits?: Partial<Limits>): Awaitable<HttpRequest> {
  const { raw: req, method, protocol, host, originalUrl } = request
  return nodeRequest(req, method, absoluteUrl(protocol, host, originalUrl), limits, request, place)
}

/** A Fastify route handler. */
export type FastifyHandler = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>

/** A guard that works as a hook, or is called by hand without `done`. */
export interface FastifyGuard {
  (request: FastifyRequest, reply: FastifyReply, done: Done): void
  (request: FastifyRequest, reply: FastifyReply): Promise<void>
}

/**
 * A route handler for one of the server's endpoints, or for a function of your own that returns a response. An
 * `OAuth1Error` that the function throws becomes a response; anything else goes to Fastify's error handler.
 *
 * @example
 * ```ts
 * app.all('/oauth/token', endpoint(server.token))
 * ```
 */
export function endpoint(
  responder: Responder<[fastifyRequest: FastifyRequest]>,
  options: EndpointOptions = {},
): FastifyHandler {
  const route = routeOf(responder, options)
  const handler: FastifyHandler = async (request, reply) => {
    const respond = async () => route.handle(await httpRequest(request, route.limits()), request)
    return send(request, reply, await route.run(request.raw.headers.accept, respond))
  }
  // Fastify's limits need not apply to a body that nothing else reads.
  return typeof responder === 'function' ? handler : Object.setPrototypeOf(handler, bodyReader)
}

/**
 * A hook (`onRequest`, `preValidation` or `preHandler`) that lets correctly signed requests through; the handler calls
 * `currentCredential(request)`. In `onRequest` a refused request's body is never parsed. Called by hand without `done`
 * it returns a promise to await: it resolves when the request may go on, rejects with what `done` would get, and stays
 * pending for a refused request, whose response it sends.
 *
 * @example
 * ```ts
 * app.get('/photos', { onRequest: requireOAuth(protector, 'photos:read') }, (request) => currentCredential(request).userId)
 * ```
 */
export function requireOAuth<C extends Client, T extends TokenCredential>(
  protector: ResourceProtector<C, T>,
  scope?: string | RequireOptions,
): FastifyGuard {
  return guardOf(protector, requireOptions(scope))
}

/**
 * Like `requireOAuth`, for a resource of the client itself: lets requests through that a client signed without a token.
 * The handler reads `currentAuthentication(request).client`.
 *
 * @example
 * ```ts
 * app.get('/usage', { onRequest: requireClient(protector) }, (request) => currentAuthentication(request).client.clientId)
 * ```
 */
export function requireClient<C extends Client, T extends TokenCredential>(
  protector: ResourceProtector<C, T>,
  options?: RefusalOptions,
): FastifyGuard {
  return guardOf(protector, clientDemand(options))
}

function guardOf<C extends Client, T extends TokenCredential>(
  protector: ResourceProtector<C, T>,
  demand: Demand,
): FastifyGuard {
  const check = (request: FastifyRequest) => {
    const read = () => httpRequest(request, protector.limits)
    const requests = [request.raw, request] as const
    return judge(protector, demand, requests, read, () => request.raw.headers.accept)
  }
  const byHand = async (request: FastifyRequest, reply: FastifyReply) => {
    const { refusal } = await check(request)
    if (refusal === undefined) return
    send(request, reply, refusal)
    await neverSettles()
  }
  const guard = (request: FastifyRequest, reply: FastifyReply, done?: Done) => {
    if (done === undefined) return droppable(byHand(request, reply))
    check(request).then((verdict) => {
      if (verdict.refusal) send(request, reply, verdict.refusal)
      else withAuthentication(verdict.authentication, done)
    }, done)
    // Fastify expects a hook that returns a promise never to call back.
    return undefined
  }
  return guard as FastifyGuard
}

/** Sent as bytes, because Fastify would add a charset to a string. */
function send(request: FastifyRequest, reply: FastifyReply, response: HttpResponse): FastifyReply {
  reply.code(response.status)
  reply.headers(besideEarlier(headersFor(request.raw, response), reply.getHeader(challengeHeader)))
  reply.send(Buffer.from(response.body))
  return reply
}

/** The token credential of this request or, without an argument, of the current async context. */
export function currentCredential<T extends TokenCredential = TokenCredential>(
  request?: FastifyRequest | IncomingMessage,
): WithoutSecrets<T> {
  return credentialOf<T>(request)
}

/**
 * The client, credential and verified parameters of this request. For two-legged requests, use this instead of
 * `currentCredential`.
 */
export function currentAuthentication<C extends Client = Client, T extends TokenCredential = TokenCredential>(
  request?: FastifyRequest | IncomingMessage,
): Authentication<C, T> {
  return authenticationOf<C, T>(request)
}
