import type { OAuth1Error } from '../errors.ts'
import type { HttpRequest, HttpResponse } from '../protocol/http.ts'
import type { Limits } from '../protocol/limits.ts'

/** What an adapter needs from a server to read a request, and to write a refusal as that server does. */
export interface EndpointServer {
  /** How large a request may be, as currently set. */
  readonly limits: Limits
  /** The response to a client at fault, in the format that the request's `Accept` asks for. */
  errorResponse(error: OAuth1Error, request: Pick<HttpRequest, 'headers'>): HttpResponse
}

/**
 * One endpoint of a server, for the `endpoint` function of an adapter. It carries the limits and the realm of its server.
 *
 * @example
 * ```ts
 * app.all('/oauth/token', endpoint(server.token))
 * ```
 */
export interface Endpoint extends EndpointServer {
  /** Returns the response, including a refusal; rejects only if a store or the configuration fails. */
  handle(request: HttpRequest): Promise<HttpResponse>
}

/** The server's limits and options are read for each request, because options may be set after the routes. */
export function endpointOf(server: EndpointServer, handle: Endpoint['handle']): Endpoint {
  return {
    handle,
    get limits() {
      return server.limits
    },
    errorResponse: (error, request) => server.errorResponse(error, request),
  }
}
