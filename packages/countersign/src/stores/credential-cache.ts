/**
 * Caches clients and tokens in this process for some seconds, over any store.
 *
 * @example
 * ```ts
 * import { cachedCredentials } from 'countersign/credential-cache'
 *
 * const hooks = { ...store, ...cachedCredentials(store, { ttlSeconds: 30 }) }
 * ```
 *
 * @module
 */
import { type Awaitable, combinedOf, type Hooks, standingFor } from '../server/hooks.ts'
import type { Client, TokenCredential } from '../server/models.ts'
import { checkOptions, clock, type Kinds, wholeNumber } from '../server/option-kinds.ts'
import type { TokenGrantHooks } from '../server/token-grants.ts'

/** How much to cache, and for how long. */
export interface CredentialCacheOptions {
  /** The most clients, and the most tokens; the oldest make room. Default 10 000. */
  readonly maxEntries?: number
  /** How long another process's revocation may go unnoticed here, in seconds. Default 30. */
  readonly ttlSeconds?: number
  /** Seconds. Default: a clock that cannot be set. */
  readonly now?: () => number
}

const cacheOptions: Kinds<CredentialCacheOptions> = {
  maxEntries: wholeNumber(1),
  ttlSeconds: {
    must: 'a number of seconds above 0',
    holds: (value) => typeof value === 'number' && value > 0 && value < Number.POSITIVE_INFINITY,
  },
  now: clock,
}

type Lookups<C extends Client, T extends TokenCredential> = Pick<Hooks<C, T>, 'queryClient' | 'queryToken'> &
  Partial<Pick<Hooks<C, T>, 'queryClientAndToken' | 'recordTokenUse' | 'revokeToken'>> &
  Pick<TokenGrantHooks, 'limitTokenLife'>

/** The three look-ups, from memory where possible, and the hooks that forget the tokens they change. */
export interface CredentialCache<C extends Client, T extends TokenCredential>
  extends Required<Pick<Hooks<C, T>, 'queryClient' | 'queryToken' | 'queryClientAndToken'>> {
  /** Revokes in the store, and forgets here. Present if the store has it. */
  readonly revokeToken?: Hooks<C, T>['revokeToken']
  /** Records the use in the store, and forgets the outdated row. Present if the store has it. */
  readonly recordTokenUse?: NonNullable<Hooks<C, T>['recordTokenUse']>
  /** Limits the token's life in the store, and forgets the outdated row. Present if the store has it. */
  readonly limitTokenLife?: NonNullable<TokenGrantHooks['limitTokenLife']>
  /** Drops a token, or a client with all its tokens, here and now. Call it after the revocation is written. */
  forget(clientId: string, oauthToken?: string): void
}

/**
 * Caches clients and tokens for a short while, so that a protected request in a busy process needs no database. Absent
 * rows are never cached; concurrent look-ups of the same row share one query. Spread it over the hooks from which it is
 * made: a token that the hooks revoke or change is forgotten at once. Secrets stay in this process's memory, and a revocation
 * by another process takes effect up to `ttlSeconds` later.
 *
 * @throws ConfigurationError when an option is unknown or out of its range.
 * @example
 * ```ts
 * const cached = cachedCredentials(store, { ttlSeconds: 30 })
 * const hooks = { ...store, ...cached }
 * // where a client is removed, or a token is revoked past the hooks:
 * cached.forget(clientId)
 * ```
 */
export function cachedCredentials<C extends Client, T extends TokenCredential>(
  hooks: Lookups<C, T>,
  options: CredentialCacheOptions = {},
): CredentialCache<C, T> {
  checkOptions('cachedCredentials', options, cacheOptions)
  const { maxEntries = 10_000, ttlSeconds = 30, now = monotonicClock } = options
  const clients = new Recent<C>(maxEntries, ttlSeconds, now)
  const tokens = new Recent<T>(maxEntries, ttlSeconds, now)
  const queries = new SharedQueries(now)

  const combined = combinedOf(hooks, hooks.queryClientAndToken)
  const queryBoth = async (clientId: string, oauthToken: string) => {
    if (combined) return combined.call(hooks, clientId, oauthToken)
    // Each in its own function: if one throws synchronously, the other's failure must still be awaited.
    const [client, token] = await Promise.all([
      (async () => hooks.queryClient(clientId))(),
      (async () => hooks.queryToken(clientId, oauthToken))(),
    ])
    return { client, token }
  }
  const lookups: Pick<Hooks<C, T>, 'queryClient' | 'queryToken'> = {
    queryClient(clientId) {
      const keep = (client: C | undefined, askedAt: number) => clients.remember(clientId, client, askedAt)
      const ask = () => hooks.queryClient(clientId)
      return clients.recall(clientId) ?? queries.run(`client ${clientId}`, ask, keep)
    },
    queryToken(clientId, oauthToken) {
      const key = tokenKey(clientId, oauthToken)
      const keep = (token: T | undefined, askedAt: number) => tokens.remember(key, token, askedAt)
      const ask = () => hooks.queryToken(clientId, oauthToken)
      return tokens.recall(key) ?? queries.run(`token ${key}`, ask, keep)
    },
  }
  const forget = (clientId: string, oauthToken?: string) => {
    if (oauthToken !== undefined) {
      // Only this token: the last use of some token is written all the time.
      const key = tokenKey(clientId, oauthToken)
      queries.forget([`token ${key}`, `both ${key}`])
      return tokens.forget(key)
    }
    queries.forgetAll()
    clients.forget(clientId)
    tokens.forgetAll(tokenKey(clientId, ''))
  }
  const changing = async <R>(
    clientId: string,
    oauthToken: string,
    change: () => Awaitable<R>,
  ): Promise<R> => {
    try {
      return await change()
    } finally {
      // After the store, so that nothing read before the change stays cached. A failure may have come after the change.
      forget(clientId, oauthToken)
    }
  }
  const revokeToken: Hooks<C, T>['revokeToken'] = (clientId, oauthToken) =>
    changing(clientId, oauthToken, () => hooks.revokeToken?.(clientId, oauthToken) ?? false)
  const recordTokenUse: NonNullable<Hooks<C, T>['recordTokenUse']> = (use) =>
    changing(use.clientId, use.oauthToken, () => hooks.recordTokenUse?.(use))
  const limitTokenLife: NonNullable<TokenGrantHooks['limitTokenLife']> = (clientId, oauthToken, expiresAt) =>
    changing(clientId, oauthToken, () => hooks.limitTokenLife?.(clientId, oauthToken, expiresAt))
  return {
    ...lookups,
    ...(hooks.revokeToken && { revokeToken }),
    ...(hooks.recordTokenUse && { recordTokenUse }),
    ...(hooks.limitTokenLife && { limitTokenLife }),
    queryClientAndToken: standingFor(lookups, (clientId, oauthToken) => {
      const key = tokenKey(clientId, oauthToken)
      const client = clients.recall(clientId)
      const token = tokens.recall(key)
      if (client && token) return { client, token }
      // If one of them is missing, both are looked up, whether or not the client is known: the same work for every
      // stranger.
      const ask = () => queryBoth(clientId, oauthToken)
      return queries.run(`both ${key}`, ask, (both, askedAt) => {
        clients.remember(clientId, both.client, askedAt)
        tokens.remember(key, both.token, askedAt)
      })
    }),
    forget,
  }
}

/** No two pairs share a key, and no client's keys begin with another client's. */
function tokenKey(clientId: string, oauthToken: string): string {
  return `${clientId.length}:${clientId}${oauthToken}`
}

/** Recently found rows, limited in number and age. */
class Recent<V extends object> {
  readonly #found = new Map<string, { readonly value: V; readonly askedAt: number }>()
  readonly #maxEntries: number
  readonly #ttlSeconds: number
  readonly #now: () => number

  constructor(maxEntries: number, ttlSeconds: number, now: () => number) {
    this.#maxEntries = maxEntries
    this.#ttlSeconds = ttlSeconds
    this.#now = now
  }

  recall(key: string): V | undefined {
    const found = this.#found.get(key)
    if (found === undefined) return undefined
    const age = this.#now() - found.askedAt
    if (age >= 0 && age < this.#ttlSeconds) return found.value
    this.#found.delete(key)
    return undefined
  }

  /** Its age counts from the query: the row may have changed while the result was in transit. */
  remember(key: string, value: V | null | undefined, askedAt: number): void {
    // A slow result must not replace a newer row with an older one.
    if (!value || (this.#found.get(key)?.askedAt ?? askedAt) > askedAt) return
    this.#found.delete(key)
    if (this.#found.size >= this.#maxEntries) this.#found.delete(this.#found.keys().next().value as string)
    this.#found.set(key, { value, askedAt })
  }

  forget(key: string): void {
    this.#found.delete(key)
  }

  forgetAll(beginning: string): void {
    for (const key of this.#found.keys()) if (key.startsWith(beginning)) this.#found.delete(key)
  }
}

/** How long others may join a query: one that hangs in a broken connection must not hold up those who come after. */
const joinSeconds = 1

interface Running {
  readonly askedAt: number
  readonly result: Promise<unknown>
}

/** Queries under way, each shared by concurrent callers that ask for the same. */
class SharedQueries {
  readonly #running = new Map<string, Running>()
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
  }

  /** @param keep - Receives the result, unless it has been forgotten since the query began. */
  run<R>(key: string, ask: () => Awaitable<R>, keep: (result: R, askedAt: number) => void): Awaitable<R> {
    const askedAt = this.#now()
    const other = this.#running.get(key)
    if (other && Math.abs(askedAt - other.askedAt) < joinSeconds) return other.result as Promise<R>
    const asked = ask()
    const isRunning = () => this.#running.get(key) === entry
    const settle = async (): Promise<R> => {
      try {
        const result = await asked
        // A row read before a revocation must not be cached after it.
        if (isRunning()) keep(result, askedAt)
        return result
      } finally {
        if (isRunning()) this.#running.delete(key)
      }
    }
    const entry: Running = { askedAt, result: settle() }
    this.#running.set(key, entry)
    return entry.result as Promise<R>
  }

  /** No caller joins these from here on, and their results are not kept. */
  forget(keys: readonly string[]): void {
    for (const key of keys) this.#running.delete(key)
  }

  forgetAll(): void {
    this.#running.clear()
  }
}

function monotonicClock(): number {
  return performance.now() / 1000
}
