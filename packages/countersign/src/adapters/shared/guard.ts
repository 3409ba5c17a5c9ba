import { OAuth1Error } from '../../errors.ts'
import type { HttpRequest, HttpResponse } from '../../protocol/http.ts'
import type { Awaitable } from '../../server/hooks.ts'
import type { Client, TokenCredential } from '../../server/models.ts'
import { checkOptions, type Kinds, oneOf, scopes } from '../../server/option-kinds.ts'
import {
  type Authentication,
  type ResourceProtector,
  tokenMissing,
  tokenUnwanted,
} from '../../server/resource-protector.ts'
import { checkScope } from '../../server/scopes.ts'
import { type Entry, entryKey, type Marked } from './current.ts'

/** How to refuse a request: every adapter's `requireClient` takes these options besides the protector. */
export interface RefusalOptions {
  /**
   * `answer` sends the refusal, `throw` hands the `OAuth1Error` to the framework's error handler.
   * Default `answer`. Failures of a store or of the configuration are always thrown.
   */
  readonly errors?: 'answer' | 'throw'
}

/** What every adapter's `requireOAuth` takes besides the protector; a string is short for `{ scope }`. */
export interface RequireOptions extends RefusalOptions {
  /** Space-separated; the token must have been granted all of it. */
  readonly scope?: string
}

export const refusalKinds: Kinds<RefusalOptions> = { errors: oneOf('answer', 'throw') }
const requireKinds: Kinds<RequireOptions> = { ...refusalKinds, scope: scopes }

/** What a guard demands of a request. */
export interface Demand extends RequireOptions {
  /** The client signed alone, without a token. */
  readonly isClientAlone?: true
}

/** What `requireOAuth` demands. @throws ConfigurationError when an option is unknown or not of its kind. */
export function requireOptions(scope: string | RequireOptions | undefined): RequireOptions {
  const options = typeof scope === 'string' ? { scope } : (scope ?? {})
  checkOptions('requireOAuth', options, requireKinds)
  return options
}

/** What `requireClient` demands. @throws ConfigurationError when an option is unknown or not of its kind. */
export function clientDemand(options: RefusalOptions | undefined): Demand {
  checkOptions('requireClient', options, refusalKinds)
  return { ...options, isClientAlone: true }
}

/** The verdict on a protected request: its authentication, or the refusal to send and the error that caused it. */
export type Verdict<C extends Client, T extends TokenCredential> =
  | { readonly authentication: Authentication<C, T>; readonly refusal?: undefined }
  | { readonly refusal: HttpResponse; readonly error: OAuth1Error }

/**
 * Checks a protected request once. A second guard of the same protector checks only its own demands, because the
 * signature has been checked and its nonce is spent. This holds even if both run at once, as with GraphQL's fields.
 *
 * @param requests - The framework's objects for the request; the authentication can be looked up by each of them.
 * @param accept - Returns the header that decides a refusal's format; called only for a refusal.
 */
export async function judge<C extends Client, T extends TokenCredential>(
  protector: ResourceProtector<C, T>,
  demand: Demand,
  requests: readonly [object, ...object[]],
  read: () => Awaitable<HttpRequest>,
  accept: () => string | undefined,
): Promise<Verdict<C, T>> {
  const first: Marked = requests[0]
  let entry: Entry | undefined
  try {
    for (let earlier = first[entryKey]; earlier?.protector === protector; earlier = first[entryKey]) {
      const known = earlier.authentication ?? (await settled(earlier.pending))
      if (known) {
        const authentication = known as Authentication<C, T>
        checkDemand(protector, demand, authentication, earlier)
        return { authentication }
      }
      // Perhaps only the other guard's demand failed. The first of those that waited for it tries again.
      if (first[entryKey] === earlier) break
    }
    const http = read()
    const pending =
      'then' in http ? authenticateLater(protector, http, demand) : authenticate(protector, http, demand)
    entry = { protector, pending, isClientAlone: demand.isClientAlone === true, authentication: undefined }
    for (const request of requests) (request as Marked)[entryKey] = entry
    const authentication = await pending
    entry.authentication = authentication
    return { authentication }
  } catch (error) {
    if (entry !== undefined && first[entryKey] === entry) first[entryKey] = undefined
    if (!(error instanceof OAuth1Error) || demand.errors === 'throw') throw error
    return { refusal: protector.errorResponse(error, accept()), error }
  }
}

function authenticate<C extends Client, T extends TokenCredential>(
  protector: ResourceProtector<C, T>,
  http: HttpRequest,
  { isClientAlone, scope }: Demand,
): Promise<Authentication<C, T>> {
  return isClientAlone ? protector.authenticateClient(http) : protector.authenticate(http, scope)
}

async function authenticateLater<C extends Client, T extends TokenCredential>(
  protector: ResourceProtector<C, T>,
  http: Promise<HttpRequest>,
  demand: Demand,
): Promise<Authentication<C, T>> {
  return authenticate(protector, await http, demand)
}

/** @throws OAuth1Error as the protector would for a whole request with this demand. */
function checkDemand<C extends Client, T extends TokenCredential>(
  protector: ResourceProtector<C, T>,
  { isClientAlone, scope }: Demand,
  { client, credential }: Authentication<C, T>,
  earlier: Entry,
): void {
  if (isClientAlone && credential !== undefined) throw tokenUnwanted()
  // `requireClient` accepts requests without a token, whatever the policy says about them.
  if (!isClientAlone && earlier.isClientAlone && !protector.policyOf(client).twoLegged) throw tokenMissing()
  if (scope !== undefined) checkScope(scope, credential?.scope)
}

/** The result of another guard's check; undefined if it failed. */
async function settled(pending: Awaitable<Authentication>): Promise<Authentication | undefined> {
  try {
    return await pending
  } catch {
    return undefined
  }
}

/**
 * The promise that a guard called by hand, without a callback, returns for a refused request: the response has been
 * sent, and nothing after the `await` may run, least of all the handler.
 */
export function neverSettles(): Promise<never> {
  return new Promise(() => {})
}

/** A promise that the caller may drop: its rejection, usually a client's fault, must not end the process. */
export function droppable<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {})
  return promise
}
