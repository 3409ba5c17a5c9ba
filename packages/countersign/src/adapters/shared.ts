import { AsyncLocalStorage } from 'node:async_hooks'
import { ConfigurationError, OAuth1Error } from '../protocol/errors.ts'
import type { HttpRequest, HttpResponse } from '../protocol/http.ts'
import type { Limits } from '../protocol/limits.ts'
import { type Awaitable, isThenable } from '../server/hooks.ts'
import type { Client, TokenCredential } from '../server/models.ts'
import { checkOptions, type Kinds, oneOf } from '../server/option-kinds.ts'
import { defaults } from '../server/options.ts'
import { type Authentication, checkScope, type ResourceProtector } from '../server/resource-protector.ts'
import { errorResponse } from '../server/responses.ts'
import type { WithoutSecrets } from '../server/without-secrets.ts'

/** What happens to a request of a client at fault. */
export interface RefusalOptions {
  /**
   * `answer` sends the refusal as a form or JSON, `throw` hands the `OAuth1Error` to the framework's error handler.
   * Default `answer`. Failures of a store or of the configuration are always thrown.
   */
  readonly errors?: 'answer' | 'throw'
}

/** What every adapter's `requireOAuth` takes besides the protector; a string is short for `{ scope }`. */
export interface RequireOptions extends RefusalOptions {
  /** Space-separated; the token must have been granted all of it. */
  readonly scope?: string
}

/** What every adapter's `endpoint` takes besides the function that answers. */
export interface EndpointOptions extends RefusalOptions {
  /** For the challenge of a refusal that the function throws. Default `OAuth`. */
  readonly realm?: string
  /** How large a form body may be. Default: the core's. */
  readonly limits?: Limits
}

const requireKinds: Kinds<RequireOptions> = {
  scope: { must: 'a text, the scopes separated by spaces', holds: (value) => typeof value === 'string' },
  errors: oneOf('answer', 'throw'),
}

/** @throws ConfigurationError when an option is unknown or not of its kind. */
export function requireOptions(scope: string | RequireOptions | undefined): RequireOptions {
  const options = typeof scope === 'string' ? { scope } : (scope ?? {})
  checkOptions('requireOAuth', options, requireKinds)
  return options
}

/** Runs an endpoint. An `OAuth1Error`, of the function or of reading the request, becomes its answer. */
export async function answerOf(
  accept: string | undefined,
  { errors, realm = defaults.realm }: EndpointOptions,
  run: () => Promise<HttpResponse>,
): Promise<HttpResponse> {
  try {
    return await run()
  } catch (error) {
    if (!(error instanceof OAuth1Error) || errors === 'throw') throw error
    return errorResponse(error, { realm, accept })
  }
}

/** A protected request: its authentication, or the refusal to send. */
export type Verdict<C extends Client, T extends TokenCredential> =
  | { readonly authentication: Authentication<C, T>; readonly refusal?: undefined }
  | { readonly refusal: HttpResponse }

/** Who was let in, and by which protector. */
interface Entry {
  readonly protector: unknown
  readonly authentication: Authentication
}

/** Where a request carries its entry: unlike in a WeakMap, whose entries the collector must look at again and again. */
const entryKey: unique symbol = Symbol('countersign.authentication')

interface Marked {
  [entryKey]?: Entry
}

const byContext = new AsyncLocalStorage<Authentication>()

/**
 * Checks a protected request once. Behind a second `requireOAuth` of the same protector only the scope is checked:
 * the signature was, and its nonce is spent.
 *
 * @param requests - The framework's objects for the request, under each of which the authentication can be asked for.
 * @param accept - What a refusal's form depends on; where there is none, the header is never looked for.
 */
export async function judge<C extends Client, T extends TokenCredential>(
  protector: ResourceProtector<C, T>,
  { scope, errors }: RequireOptions,
  requests: readonly [object, ...object[]],
  read: () => Awaitable<HttpRequest>,
  accept: () => string | undefined,
): Promise<Verdict<C, T>> {
  try {
    const earlier = (requests[0] as Marked)[entryKey]
    if (earlier?.protector === protector) {
      if (scope !== undefined) checkScope(scope, earlier.authentication.credential?.scope)
      return { authentication: earlier.authentication as Authentication<C, T> }
    }
    const http = read()
    const authentication = await protector.authenticate(isThenable(http) ? await http : http, scope)
    const entry = { protector, authentication }
    for (const request of requests) (request as Marked)[entryKey] = entry
    return { authentication }
  } catch (error) {
    if (!(error instanceof OAuth1Error) || errors === 'throw') throw error
    return { refusal: protector.errorResponse(error, accept()) }
  }
}

/** Makes the authentication known to everything that `next` starts. */
export function withAuthentication<R>(authentication: Authentication, next: () => R): R {
  return byContext.run(authentication, next)
}

/**
 * Who signed this request: client, credential and the verified parameters.
 *
 * @throws ConfigurationError where no `requireOAuth` ran before.
 */
export function authenticationOf<C extends Client, T extends TokenCredential>(
  request?: object,
): Authentication<C, T> {
  const authentication = request ? (request as Marked)[entryKey]?.authentication : byContext.getStore()
  if (authentication) return authentication as Authentication<C, T>
  throw new ConfigurationError(
    request
      ? 'This request was not authenticated: put requireOAuth(protector) before the handler.'
      : 'No authenticated request in this async context: put requireOAuth(protector) before the handler, or pass the request.',
  )
}

/**
 * The token credential of this request, as the `queryToken` hook loaded it, without its secret.
 *
 * @throws ConfigurationError where no `requireOAuth` ran before, or the request is a two-legged one.
 */
export function credentialOf<T extends TokenCredential>(request?: object): WithoutSecrets<T> {
  const { credential } = authenticationOf<Client, T>(request)
  if (credential) return credential
  throw new ConfigurationError(
    'This request was signed by a client alone; use currentAuthentication to accept that.',
  )
}
