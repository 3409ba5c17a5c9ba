import type { Client, Grant, NonceRecord, TemporaryCredential, TokenCredential } from './models.ts'

/** A value, or a promise of it: a hook over memory need not be async. */
export type Awaitable<T> = T | Promise<T>

/** Whether a hook's answer is still to come. Query builders are often thenables and not promises. */
export function isThenable<T>(value: Awaitable<T>): value is Promise<T> {
  return typeof (value as { then?: unknown } | undefined)?.then === 'function'
}

/** What `next` makes of the value: at once where it is there, later where it is a promise. */
export function after<T, R>(value: Awaitable<T>, next: (value: T) => Awaitable<R>): Awaitable<R> {
  return isThenable(value) ? value.then(next) : next(value)
}

/**
 * Everything the provider asks of the application's storage. A store is an object literal of some of these;
 * spreading composes several stores, and `satisfies Hooks` lets the compiler name what is missing.
 *
 * Contracts that hold for each: a failure throws (it is never answered as "absent" or "new"), strings are compared
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
   * Where it is present, `ResourceProtector` calls it instead of the two for requests that carry a token; that of a store
   * only as long as nothing else was put in the place of one of the two.
   */
  queryClientAndToken?(
    clientId: string,
    oauthToken: string,
  ): Awaitable<{ readonly client?: C | undefined; readonly token?: T | undefined }>

  /**
   * Atomic: records the nonce and answers true, or answers false if it was there (§3.3).
   * A failure throws: a replay is never let in because a store is down.
   */
  recordNonce(record: NonceRecord): Awaitable<boolean>

  createTemporaryCredential(credential: TemporaryCredential): Awaitable<void>

  /** The temporary credential, or undefined when it never was, is spent, or has expired. */
  getTemporaryCredential(oauthToken: string): Awaitable<TemporaryCredential | undefined>

  /** Atomic: binds user and verifier if nobody has; true for exactly one caller (§2.2). */
  createAuthorizationVerifier(oauthToken: string, grant: Grant): Awaitable<boolean>

  /** Atomic: spends the credential; true for exactly one caller (§2.3). */
  consumeTemporaryCredential(oauthToken: string): Awaitable<boolean>

  /** Stores the token credential and answers it as `queryToken` will, the application's own fields included. */
  createTokenCredential(credential: TokenCredential): Awaitable<T>
}

type Lookups<C extends Client, T extends TokenCredential> = Partial<
  Pick<Hooks<C, T>, 'queryClient' | 'queryToken' | 'queryClientAndToken'>
>

/** The two hooks that a store's combined one stands for. */
const stoodFor = new WeakMap<object, readonly unknown[]>()

/** Says which two hooks a combined one does the work of. */
export function standingFor<C extends Client, T extends TokenCredential>(
  { queryClient, queryToken }: Lookups<C, T>,
  combined: NonNullable<Hooks<C, T>['queryClientAndToken']>,
): NonNullable<Hooks<C, T>['queryClientAndToken']> {
  stoodFor.set(combined, [queryClient, queryToken])
  return combined
}

/**
 * The combined hook, unless the application put another in the place of one that it stands for: that one, and whatever
 * it refuses, must be asked.
 */
export function combinedOf<C extends Client, T extends TokenCredential>({
  queryClient,
  queryToken,
  queryClientAndToken,
}: Lookups<C, T>): Hooks<C, T>['queryClientAndToken'] {
  const [client, token] = (queryClientAndToken && stoodFor.get(queryClientAndToken)) ?? [
    queryClient,
    queryToken,
  ]
  return client === queryClient && token === queryToken ? queryClientAndToken : undefined
}

/** The name of a hook, as `registerHook` takes it. */
export type HookName = keyof Hooks

/** Something that hooks can be registered on: `AuthorizationServer` and `ResourceProtector`. */
export interface HookRegistry<C extends Client = Client, T extends TokenCredential = TokenCredential> {
  registerHook<N extends HookName>(name: N, hook: NonNullable<Hooks<C, T>[N]>): unknown
}
