import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ArgumentsHost, ExecutionContext } from '@nestjs/common'
import { ConfigurationError } from '../../errors.ts'
import type { HttpRequest, HttpResponse } from '../../protocol/http.ts'
import type { Limits } from '../../protocol/limits.ts'
import type { Awaitable } from '../../server/hooks.ts'
import { aFunction, type Kinds } from '../../server/option-kinds.ts'
import { type ExpressRequest, httpRequest as expressRequest } from '../express.ts'
import { type FastifyReply, type FastifyRequest, httpRequest as fastifyRequest } from '../fastify.ts'
import { httpRequest as nodeRequest } from '../node.ts'
import { besideEarlier, challengeHeader } from '../shared/challenges.ts'
import { headersFor } from '../shared/node-message.ts'

/** The request of either platform. */
export type NestRequest = ExpressRequest | FastifyRequest

/** Options for contexts that are not HTTP. */
export interface LocateOptions {
  /**
   * Returns the HTTP request of a context; for WebSockets, the one that opened the connection. Default: the request of
   * an HTTP context, or `req` or `request` on the context object of a GraphQL one.
   */
  readonly requestOf?: (context: ExecutionContext) => NestRequest | IncomingMessage
}

export const locateKinds: Kinds<LocateOptions> = { requestOf: aFunction }

type GraphqlContext = { [name in 'req' | 'request' | 'res' | 'reply']?: unknown } | undefined

/** The request of a context, if it can be located. */
export function findRequest(
  context: ExecutionContext,
  requestOf?: LocateOptions['requestOf'],
): NestRequest | undefined {
  const type = context.getType<string>()
  let request: unknown
  if (requestOf) request = requestOf(context)
  else if (type === 'http') request = context.switchToHttp().getRequest()
  else if (type === 'graphql') {
    const found = context.getArgs()[2] as GraphqlContext
    request = found?.req ?? found?.request ?? (found?.reply as GraphqlContext)?.request
  }
  const isRequest = typeof request === 'object' && request !== null && 'headers' in request
  return isRequest ? (request as NestRequest) : undefined
}

/** @throws ConfigurationError that names the context, if its request cannot be located. */
export function requestIn(
  context: ExecutionContext,
  requestOf?: LocateOptions['requestOf'],
): NestRequest & { readonly headers: ExpressRequest['headers'] } {
  const request = findRequest(context, requestOf)
  if (request) return request
  throw new ConfigurationError(
    `No HTTP request was found in a context of the type ${context.getType<string>()}. Say where it is with the option requestOf, of RequireOAuth, OAuthGuard or CountersignModule: { requestOf: (context) => … }.`,
  )
}

/** The response of a context, if it has one. */
export function findResponse(context: ArgumentsHost): ServerResponse | FastifyReply | undefined {
  const type = context.getType<string>()
  if (type === 'http') return context.switchToHttp().getResponse()
  const found = type === 'graphql' ? (context.getArgs()[2] as GraphqlContext) : undefined
  const response = found?.res ?? found?.reply
  const isResponse = typeof response === 'object' && response !== null
  return isResponse && 'getHeader' in response && ('writeHead' in response || 'headers' in response)
    ? (response as ServerResponse | FastifyReply)
    : undefined
}

/** The objects by which the authentication of a request can be looked up. */
export function requestsOf(request: NestRequest): readonly [object, ...object[]] {
  return 'raw' in request ? [request.raw, request] : [request]
}

/** The request as the core expects it, on either platform: scheme and host are the platform's own view. */
export function httpRequest(request: NestRequest, limits?: Partial<Limits>): Awaitable<HttpRequest> {
  if ('raw' in request) return fastifyRequest(request, limits)
  // A request that opened a WebSocket did not pass through the platform.
  return 'app' in request ? expressRequest(request, limits) : nodeRequest(request, limits)
}

/** Status and headers, on the response of either platform. */
export function prepare(
  request: NestRequest,
  res: ServerResponse | FastifyReply,
  response: HttpResponse,
): void {
  if ('writeHead' in res) res.statusCode = response.status
  else res.code(response.status)
  setHeaders(res, headersFor('raw' in request ? request.raw : request, response))
}

/** Challenges that are already on the response stay. */
export function setHeaders(
  res: ServerResponse | FastifyReply,
  given: Readonly<Record<string, string | number>>,
): void {
  const headers = besideEarlier(given, res.getHeader(challengeHeader))
  if (!('writeHead' in res)) res.headers(headers)
  else for (const [name, value] of Object.entries(headers)) res.setHeader(name, value)
}
