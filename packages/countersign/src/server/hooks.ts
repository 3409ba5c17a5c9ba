import type { RecordError } from '../errors.ts'
import type {
  Client,
  Grant,
  NonceRecord,
  TemporaryCredential,
  TokenCredential,
  TokenUse,
  UserId,
} from './models.ts'

/** A value, or a promise of it: a hook over memory need not be async. */
export type Awaitable<T> = T | Promise<T>

/**
 * Everything the provider asks of the application's storage. A store is an object literal of some of these;
 * spreading composes several stores, and `satisfies Hooks` lets the compiler name what is missing.
 *
 * Contracts that hold for each: a failure throws (it is never reported as "absent" or "new"), strings are compared
 * exactly (case matters, no trimming), and what is called atomic is decided by the database or cache itself.
 *
 * @example
 * ```ts
 * const hooks = { ...kyselyHooks(db), ...nonceHooks(cache) } satisfies Hooks
 * ```
 */
export interface Hooks<C extends Client = Client, T extends TokenCredential = TokenCredential> {
  /** The client with this identifier, or undefined. */
  queryClient(clientId: string): Awaitable<C | undefined>

  /** The token credential that was issued to this client, or undefined. A revoked token is undefined. */
  queryToken(clientId: string, oauthToken: string): Awaitable<T | undefined>

  /**
   * Optional: both of the above in one round trip, for a protected request.
   * `ResourceProtector` calls it instead of the two for requests that carry a token, as long as it stands for the
   * hooks that are registered.
   */
  queryClientAndToken?(
    clientId: string,
    oauthToken: string,
  ): Awaitable<{ readonly client?: C | undefined; readonly token?: T | undefined }>

  /**
   * Atomic: records the nonce and returns true, or returns false if it was there (§3.3).
   * A failure throws: a replay is never let in because a store is down.
   */
  recordNonce(record: NonceRecord): Awaitable<boolean>

  createTemporaryCredential(credential: TemporaryCredential): Awaitable<void>

  /** The temporary credential, or undefined when it never was, is spent, or has expired. */
  getTemporaryCredential(oauthToken: string): Awaitable<TemporaryCredential | undefined>

  /** Atomic: binds user and verifier unless they are bound already; true for exactly one caller (§2.2). */
  createAuthorizationVerifier(oauthToken: string, grant: Grant): Awaitable<boolean>

  /** Atomic: spends the credential; true for exactly one caller (§2.3). */
  consumeTemporaryCredential(oauthToken: string): Awaitable<boolean>

  /** Stores the token credential and returns it as `queryToken` will, the application's own fields included. */
  createTokenCredential(credential: TokenCredential): Awaitable<T>

  /**
   * Optional: spends the temporary credential and stores the token credential in one transaction, so that neither
   * happens without the other (§2.3). Returns the token credential, or undefined where another caller spent it. It stands
   * for `consumeTemporaryCredential` and `createTokenCredential`.
   */
  exchangeTemporaryCredential?(oauthToken: string, credential: TokenCredential): Awaitable<T | undefined>

  /**
   * Optional: writes when the token was last used, in seconds since 1970, for policies with an idle limit. It is called at
   * most about ten times in one idle period of a token, never for each request. A cache over the store forgets the token.
   */
  recordTokenUse?(use: TokenUse): Awaitable<void>

  /** Ends the token credential: true if there was one. A cache over the store forgets it at once. */
  revokeToken(clientId: string, oauthToken: string): Awaitable<boolean>

  /**
   * Optional: the token credentials of a client, a user, or both; with neither, all of them. Oldest first, where the rows
   * have something to order by. The list is not bounded: an application with very many tokens writes a paging query.
   *
   * @param unusable - Is told of each token whose stored data cannot be used, so that one does not hide the others; that
   * token is listed as it is stored. Without this function the call fails at the first of them.
   */
  listTokens?(filter: TokenFilter, unusable?: (error: RecordError) => void): Awaitable<readonly T[]>
}

/** Whose tokens are meant; each field that is given must match. */
export interface TokenFilter {
  readonly clientId?: string | undefined
  readonly userId?: UserId | undefined
}

/** A hook that does the work of others in one round trip or one transaction. */
export type Combined<H> = H & {
  /** The hooks of the same store that it does the work of. Where the application put another in the place of one, that one must be asked. */
  readonly standsFor?: Partial<Hooks<never, never>>
}

/** Says which hooks a combined one does the work of. */
export function standingFor<H extends (...parameters: never[]) => unknown>(
  hooks: object,
  combined: H,
): Combined<H> {
  return Object.assign(combined, { standsFor: hooks as Partial<Hooks<never, never>> })
}

/** The combined hook, unless the application put another in the place of one that it stands for. */
export function combinedOf<H>(hooks: object, combined: Combined<H> | undefined): H | undefined {
  const parts = Object.entries(combined?.standsFor ?? {})
  return parts.every(([name, hook]) => (hooks as Record<string, unknown>)[name] === hook)
    ? combined
    : undefined
}

/** The name of a hook, as `registerHook` takes it. */
export type HookName = keyof Hooks

/** Something that hooks can be registered on: `AuthorizationServer` and `ResourceProtector`. */
export interface HookRegistry<C extends Client = Client, T extends TokenCredential = TokenCredential> {
  registerHook<N extends HookName>(name: N, hook: NonNullable<Hooks<C, T>[N]>): unknown
}
