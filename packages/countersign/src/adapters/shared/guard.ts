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

/**
 * What happens to a request of a client at fault: all that every adapter's `requireClient` takes besides the protector.
 */
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

/** A protected request: its authentication, or the refusal to send and the error that it was made of. */
export type Verdict<C extends Client, T extends TokenCredential> =
  | { readonly authentication: Authentication<C, T>; readonly refusal?: undefined }
  | { readonly refusal: HttpResponse; readonly error: OAuth1Error }

/**
 * Checks a protected request once. After a second guard of the same protector only what that one demands is checked:
 * the signature was, and its nonce is spent. So it is where both run at the same time, as GraphQL's fields do.
 *
 * @param requests - The framework's objects for the request, under each of which the authentication can be asked for.
 * @param accept - What a refusal's form depends on; where there is none, the header is never looked for.
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
      // What another guard demands may have failed alone. Of those that waited for it, the first tries again.
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

/** @throws OAuth1Error as the protector does where it checks a whole request for this demand. */
function checkDemand<C extends Client, T extends TokenCredential>(
  protector: ResourceProtector<C, T>,
  { isClientAlone, scope }: Demand,
  { client, credential }: Authentication<C, T>,
  earlier: Entry,
): void {
  if (isClientAlone && credential !== undefined) throw tokenUnwanted()
  // `requireClient` lets requests without a token in whatever the policy says of them.
  if (!isClientAlone && earlier.isClientAlone && !protector.policyOf(client).twoLegged) throw tokenMissing()
  if (scope !== undefined) checkScope(scope, credential?.scope)
}

/** What a check of another guard came to; undefined where it failed. */
async function settled(pending: Awaitable<Authentication>): Promise<Authentication | undefined> {
  try {
    return await pending
  } catch {
    return undefined
  }
}

/**
 * What a guard called by hand, without a callback, returns for a refused request: the response is sent, and nothing
 * after the `await` may run, least of all the handler.
 */
export function neverSettles(): Promise<never> {
  return new Promise(() => {})
}

/** A promise that may be dropped: its failure, a client's fault as a rule, must not end the process. */
export function droppable<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {})
  return promise
}
