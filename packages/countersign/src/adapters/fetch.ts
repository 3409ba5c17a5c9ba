/**
 * Fetch handlers, as Next.js, SvelteKit, Remix, Bun, Deno and Workers call them.
 *
 * @example
 * ```ts
 * import { currentCredential, endpoint, requireOAuth } from 'countersign/fetch'
 *
 * export const POST = endpoint(server.token)
 * export const GET = requireOAuth(protector)((request) => Response.json(currentCredential(request).userId))
 * ```
 *
 * @module
 */

import { ConfigurationError } from '../errors.ts'
import { formOfOctets } from '../protocol/encoding.ts'
import { isForm } from '../protocol/form-type.ts'
import type { HttpRequest } from '../protocol/http.ts'
import type { Limits } from '../protocol/limits.ts'
import type { Awaitable } from '../server/hooks.ts'
import type { Client, TokenCredential } from '../server/models.ts'
import type { Authentication, ResourceProtector } from '../server/resource-protector.ts'
import type { WithoutSecrets } from '../server/without-secrets.ts'
import { octetsLost } from './shared/body.ts'
import { authenticationOf, credentialOf, withAuthentication } from './shared/current.ts'
import { type EndpointOptions, type Responder, routeOf } from './shared/endpoint.ts'
import { refuseEncodedForm } from './shared/form.ts'
import {
  clientDemand,
  type Demand,
  judge,
  type RefusalOptions,
  type RequireOptions,
  requireOptions,
} from './shared/guard.ts'
import { refuseFragment, refuseUserInformation } from './shared/target.ts'
import { readWebBody, webHeaders, webResponse } from './shared/web-message.ts'

export type { EndpointOptions } from './shared/endpoint.ts'
export type { RefusalOptions, RequireOptions } from './shared/guard.ts'

/** A handler's first argument: a request or, in SvelteKit and Remix, an event that holds one. */
export type FetchInput = Request | { readonly request: Request }

/** A handler of Next.js, SvelteKit, Remix, `Bun.serve`, `Deno.serve` or a Worker; further arguments are passed on. */
export type FetchHandler<I extends FetchInput, A extends unknown[]> = (
  input: I,
  ...rest: A
) => Promise<Response>

/** Wraps a handler so that only checked requests reach it. */
export type FetchGuard = <I extends FetchInput = Request, A extends unknown[] = unknown[]>(
  handler: (input: I, ...rest: A) => Awaitable<Response>,
) => FetchHandler<I, A>

function requestOf(input: FetchInput): Request {
  return 'request' in input ? input.request : input
}

const remedy = 'Call requireOAuth or the endpoint first, or read request.clone().'

/**
 * The request as the core expects it. A form is read from a copy, so the handler can read the body itself; other bodies
 * are not read. The URL is the one that the runtime built: behind a proxy, and on Deno and Node, where a request can
 * claim any scheme, set the `origin` option.
 *
 * @throws OAuth1Error when the body is too large; ConfigurationError when it was read before.
 */
export function httpRequest(input: FetchInput, limits?: Partial<Limits>): Awaitable<HttpRequest> {
  const request = requestOf(input)
  refuseFragment(request.url)
  refuseUserInformation(request.url)
  const headers = webHeaders(request)
  if (!isForm(headers['content-type'])) return new FetchRequest(request, headers, limits)
  return formOf(request, headers, limits)
}

class FetchRequest implements HttpRequest {
  readonly method: string
  readonly url: string
  readonly headers: HttpRequest['headers']
  readonly body: string | undefined
  readonly #request: Request
  readonly #limits: Partial<Limits> | undefined
  #octets: Promise<Uint8Array> | undefined

  constructor(
    request: Request,
    headers: HttpRequest['headers'],
    limits: Partial<Limits> | undefined,
    form?: Uint8Array,
  ) {
    this.method = request.method
    this.url = request.url
    this.headers = headers
    this.body = form && formOfOctets(form)
    this.#request = request
    this.#limits = limits
    this.#octets = form && Promise.resolve(form)
  }

  bytes(): Promise<Uint8Array> {
    this.#octets ??= copyOf(this.#request, this.#limits)
    return this.#octets
  }
}

async function formOf(
  request: Request,
  headers: Record<string, string>,
  limits: Partial<Limits> | undefined,
): Promise<HttpRequest> {
  if (request.bodyUsed)
    throw new ConfigurationError(`The form body was read before its signature could be checked. ${remedy}`)
  refuseEncodedForm(headers['content-encoding'])
  return new FetchRequest(request, headers, limits, await copyOf(request, limits))
}

/** The bytes of a body; the handler keeps its own copy. */
async function copyOf(request: Request, limits: Partial<Limits> | undefined): Promise<Uint8Array> {
  if (request.bodyUsed) throw octetsLost(remedy)
  // Everything read from a clone is buffered for the original, so the rest of an oversized body must not be read.
  return readWebBody(request.clone(), limits, () => void request.body?.cancel().catch(() => {}))
}

/**
 * A handler for one of the server's endpoints, or for a function of your own that returns a response. An `OAuth1Error`
 * that the function throws becomes a response; anything else rejects.
 *
 * @example
 * ```ts
 * export const POST = endpoint(server.token)
 * ```
 */
export function endpoint<I extends FetchInput = Request, A extends unknown[] = unknown[]>(
  responder: Responder<[input: I, ...rest: A]>,
  options: EndpointOptions = {},
): FetchHandler<I, A> {
  const route = routeOf(responder, options)
  return async (input, ...rest) => {
    const respond = async () => route.handle(await httpRequest(input, route.limits()), input, ...rest)
    return webResponse(await route.run(acceptOf(input), respond))
  }
}

/**
 * Wraps a handler so that only correctly signed requests reach it; the handler calls `currentCredential(request)`.
 *
 * @example
 * ```ts
 * export const GET = requireOAuth(protector, 'photos:read')((request) => Response.json(currentCredential(request).userId))
 * ```
 */
export function requireOAuth<C extends Client, T extends TokenCredential>(
  protector: ResourceProtector<C, T>,
  scope?: string | RequireOptions,
): FetchGuard {
  return guardOf(protector, requireOptions(scope))
}

/**
 * Like `requireOAuth`, for a resource of the client itself: only requests that a client signed without a token reach
 * the handler, which reads `currentAuthentication(request).client`.
 *
 * @example
 * ```ts
 * export const GET = requireClient(protector)((request) => Response.json(currentAuthentication(request).client.clientId))
 * ```
 */
export function requireClient<C extends Client, T extends TokenCredential>(
  protector: ResourceProtector<C, T>,
  options?: RefusalOptions,
): FetchGuard {
  return guardOf(protector, clientDemand(options))
}

function guardOf<C extends Client, T extends TokenCredential>(
  protector: ResourceProtector<C, T>,
  demand: Demand,
): FetchGuard {
  return (handler) =>
    async (input, ...rest) => {
      const read = () => httpRequest(input, protector.limits)
      const verdict = await judge(protector, demand, [requestOf(input)], read, () => acceptOf(input))
      if (verdict.refusal) return webResponse(verdict.refusal)
      return withAuthentication(verdict.authentication, () => handler(input, ...rest))
    }
}

function acceptOf(input: FetchInput): string | undefined {
  return requestOf(input).headers.get('accept') ?? undefined
}

/** The token credential of this request or, without an argument, of the current async context. */
export function currentCredential<T extends TokenCredential = TokenCredential>(
  input?: FetchInput,
): WithoutSecrets<T> {
  return credentialOf<T>(input && requestOf(input))
}

/**
 * The client, credential and verified parameters of this request. For two-legged requests, use this instead of
 * `currentCredential`.
 */
export function currentAuthentication<C extends Client = Client, T extends TokenCredential = TokenCredential>(
  input?: FetchInput,
): Authentication<C, T> {
  return authenticationOf<C, T>(input && requestOf(input))
}
