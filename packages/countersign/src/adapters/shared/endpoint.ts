import { ConfigurationError, OAuth1Error } from '../../errors.ts'
import type { HttpRequest, HttpResponse } from '../../protocol/http.ts'
import type { Limits } from '../../protocol/limits.ts'
import type { Endpoint, EndpointServer } from '../../server/endpoint.ts'
import type { Awaitable } from '../../server/hooks.ts'
import { limitKinds } from '../../server/limit-kinds.ts'
import { anObject, checkOptions, type Kinds, objectWith, realm } from '../../server/option-kinds.ts'
import { defaults } from '../../server/options.ts'
import { errorResponse } from '../../server/responses.ts'
import { type RefusalOptions, refusalKinds } from './guard.ts'

/** What every adapter's `endpoint` takes besides the endpoint. A server's own endpoint needs none of this. */
export interface EndpointOptions extends RefusalOptions {
  /** For a function: the server whose limits and realm apply. */
  readonly server?: EndpointServer
  /** For the challenge of a refusal that is thrown. Default: the server's, or else `OAuth`. */
  readonly realm?: string
  /** How large a form body may be, and how long it may take. Default: the server's, or else the core's. */
  readonly limits?: Partial<Limits>
}

const endpointKinds: Kinds<EndpointOptions> = {
  ...refusalKinds,
  server: {
    must: 'an AuthorizationServer, or an endpoint of one',
    // A ResourceProtector has an errorResponse of another kind.
    holds: (value) => objectWith('errorResponse').holds(value) && !objectWith('authenticate').holds(value),
  },
  realm,
  limits: anObject,
}

/** @throws ConfigurationError when an option is unknown or not of its kind. */
export function checkEndpointOptions(options: EndpointOptions): void {
  checkOptions('endpoint', options, endpointKinds)
  checkOptions('endpoint: limits', options.limits, limitKinds)
}

/**
 * What an adapter's `endpoint` turns into a route: an endpoint of a server, such as `server.token`, or a function of
 * your own.
 */
export type Responder<A extends unknown[]> =
  | Endpoint
  | ((request: HttpRequest, ...rest: A) => Awaitable<HttpResponse>)

/** An endpoint, independent of the framework. */
export interface Route<A extends unknown[]> {
  /** Runs the endpoint on a request that was read. */
  handle(request: HttpRequest, ...rest: A): Awaitable<HttpResponse>
  /** How much of a form body is read, as currently set. */
  limits(): Partial<Limits> | undefined
  /** An `OAuth1Error`, of the endpoint or of reading the request, becomes a response. */
  run(accept: string | undefined, respond: () => Promise<HttpResponse>): Promise<HttpResponse>
}

/** @throws ConfigurationError when there is nothing that returns a response, or an option is unknown or not of its kind. */
export function routeOf<A extends unknown[]>(responder: Responder<A>, options: EndpointOptions): Route<A> {
  const endpoint = typeof responder === 'function' ? undefined : responder
  if (typeof (endpoint ? endpoint.handle : responder) !== 'function') {
    throw new ConfigurationError(
      'endpoint() takes an endpoint of a server, such as server.token, or a function that returns a response.',
    )
  }
  checkEndpointOptions(options)
  const { server = endpoint, realm, limits, errors } = options
  return {
    handle: (request, ...rest) =>
      typeof responder === 'function' ? responder(request, ...rest) : responder.handle(request),
    limits: () => (limits ? { ...server?.limits, ...limits } : server?.limits),
    async run(accept, respond) {
      try {
        return await respond()
      } catch (error) {
        if (!(error instanceof OAuth1Error) || errors === 'throw') throw error
        return server && realm === undefined
          ? server.errorResponse(error, { headers: { accept } })
          : errorResponse(error, { realm: realm ?? defaults.realm, accept })
      }
    },
  }
}
