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

/** A value, or a promise of one: a hook over memory need not be async. */
export type Awaitable<T> = T | Promise<T>

/**
 * Everything that the provider needs from the application's storage. A store is an object literal of some of these;
 * spreading composes several stores, and `satisfies Hooks` lets the compiler name what is missing.
 *
 * Every hook throws on failure (it never returns "absent" or "new" instead) and compares strings exactly (case matters,
 * no trimming). Where a hook is called atomic, the database or cache itself decides.
 *
 * @example
 * ```ts
 * const hooks = { ...kyselyHooks(db), ...nonceHooks(cache) } satisfies Hooks
 * ```
 */
export interface Hooks<C extends Client = Client, T extends TokenCredential = TokenCredential> {
  /** The client with this identifier, or undefined. */
  queryClient(clientId: string): Awaitable<C | undefined>

  /** The token credential that was issued to this client, or undefined, also for a revoked token. */
  queryToken(clientId: string, oauthToken: string): Awaitable<T | undefined>

  /**
   * Optional: both of the above in one round trip, for a protected request. `ResourceProtector` calls it instead of the
   * two for requests that carry a token, as long as it stands for the registered hooks.
   */
  queryClientAndToken?(
    clientId: string,
    oauthToken: string,
  ): Awaitable<{ readonly client?: C | undefined; readonly token?: T | undefined }>

  /**
   * Atomic: records the nonce and returns true, or returns false if it was already recorded (§3.3). A failure throws: a
   * replay is never accepted because a store is down.
   */
  recordNonce(record: NonceRecord): Awaitable<boolean>

  createTemporaryCredential(credential: TemporaryCredential): Awaitable<void>

  /** The temporary credential, or undefined if it never existed, is spent, or has expired. */
  getTemporaryCredential(oauthToken: string): Awaitable<TemporaryCredential | undefined>

  /** Atomic: binds user and verifier unless already bound; true for exactly one caller (§2.2). */
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
   * Optional: writes when the token was last used, in seconds since 1970, for policies with an idle limit. It is called
   * at most about ten times in one idle period of a token, never for each request. A cache over the store then forgets
   * the token.
   */
  recordTokenUse?(use: TokenUse): Awaitable<void>

  /** Revokes the token credential: true if there was one. A cache over the store forgets it at once. */
  revokeToken(clientId: string, oauthToken: string): Awaitable<boolean>

  /**
   * Optional: the token credentials of a client, a user, or both; with neither, all of them. Oldest first, if the rows
   * can be ordered. The list is unbounded: an application with very many tokens should write its own paging query.
   *
   * @param unusable - Called for each token whose stored data cannot be used, so that one does not hide the others;
   *   that token is listed as stored. Without this function the call fails at the first of them.
   */
  listTokens?(filter: TokenFilter, unusable?: (error: RecordError) => void): Awaitable<readonly T[]>
}

/** Which tokens to list; each given field must match. */
export interface TokenFilter {
  readonly clientId?: string | undefined
  readonly userId?: UserId | undefined
}

/** A hook that does the work of others in one round trip or one transaction. */
export type Combined<H> = H & {
  /**
   * The hooks of the same store whose work it does. If the application replaced one of them, the replacement must be
   * called.
   */
  readonly standsFor?: Partial<Hooks<never, never>>
}

/** Declares which hooks a combined one stands for. */
export function standingFor<H extends (...parameters: never[]) => unknown>(
  hooks: object,
  combined: H,
): Combined<H> {
  return Object.assign(combined, { standsFor: hooks as Partial<Hooks<never, never>> })
}

/** The combined hook, unless the application replaced one that it stands for. */
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
