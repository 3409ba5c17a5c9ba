import { StoreError } from '../protocol/errors.ts'
import type { Hooks } from '../server/hooks.ts'
import type { Client, TokenCredential } from '../server/models.ts'
import { type Cache, nonceHooks, temporaryCredentialHooks } from './cache.ts'

/** How large a memory cache may grow, and by which clock it expires. */
export interface MemoryCacheOptions {
  /** Entries at the most. When they are all still valid, a new one is refused with a `StoreError`. Default 1 000 000. */
  readonly maxEntries?: number
  /** Seconds since 1970. Default: the system's clock. */
  readonly now?: () => number
}

/**
 * A cache in this process's memory. It serves **one process**: a second one does not see its nonces.
 * It never forgets an entry before its time, refuses when full, and expires without a timer.
 */
export function memoryCache(options: MemoryCacheOptions = {}): Cache {
  return new MemoryCache(options)
}

class MemoryCache implements Cache {
  readonly #maxEntries: number
  readonly #now: () => number
  /** When each key dies, in whole seconds: small integers, so that a nonce costs no object. */
  readonly #expiresAt = new Map<string, number>()
  /** Values that are not empty; a nonce has none. */
  readonly #values = new Map<string, string>()
  /** The keys that were given each second as their last: what is swept when that second has passed. */
  readonly #due = new Map<number, string[]>()
  #sweptUntil: number

  constructor({ maxEntries = 1_000_000, now = () => Date.now() / 1000 }: MemoryCacheOptions) {
    this.#maxEntries = maxEntries
    this.#now = now
    this.#sweptUntil = Math.floor(now())
  }

  get(key: string): string | undefined {
    return this.#isAlive(key) ? (this.#values.get(key) ?? '') : undefined
  }

  set(key: string, value: string, ttlSeconds: number): void {
    this.#sweep()
    if (!this.#expiresAt.has(key)) this.#makeRoom()
    this.#put(key, value, ttlSeconds)
  }

  add(key: string, value: string, ttlSeconds: number): boolean {
    this.#sweep()
    if (this.#isAlive(key)) return false
    this.#makeRoom()
    this.#put(key, value, ttlSeconds)
    return true
  }

  delete(key: string): boolean {
    const alive = this.#isAlive(key)
    this.#expiresAt.delete(key)
    this.#values.delete(key)
    return alive
  }

  #isAlive(key: string): boolean {
    const expiresAt = this.#expiresAt.get(key)
    return expiresAt !== undefined && expiresAt > this.#now()
  }

  #put(key: string, value: string, ttlSeconds: number): void {
    const expiresAt = Math.ceil(this.#now() + ttlSeconds)
    this.#expiresAt.set(key, expiresAt)
    if (value === '') this.#values.delete(key)
    else this.#values.set(key, value)
    const due = this.#due.get(expiresAt)
    if (due) due.push(key)
    else this.#due.set(expiresAt, [key])
  }

  /** Drops what has died since the last call; each key is looked at once. */
  #sweep(): void {
    const now = Math.floor(this.#now())
    if (now <= this.#sweptUntil) return
    // After a long rest there are fewer seconds with keys than seconds that passed.
    const seconds =
      now - this.#sweptUntil > this.#due.size
        ? [...this.#due.keys()].filter((s) => s <= now)
        : range(this.#sweptUntil, now)
    for (const second of seconds) {
      for (const key of this.#due.get(second) ?? []) {
        // A key may have been set anew with a later end.
        if ((this.#expiresAt.get(key) ?? Number.POSITIVE_INFINITY) > now) continue
        this.#expiresAt.delete(key)
        this.#values.delete(key)
      }
      this.#due.delete(second)
    }
    this.#sweptUntil = now
  }

  #makeRoom(): void {
    if (this.#expiresAt.size < this.#maxEntries) return
    throw new StoreError(
      `The memory cache is full: ${this.#maxEntries} entries are still valid, and none is dropped before its time. Raise maxEntries, or use Redis.`,
    )
  }
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index)
}

/** What a memory store starts with. */
export interface MemoryStoreOptions extends MemoryCacheOptions {
  readonly clients?: readonly Client[]
  readonly tokens?: readonly TokenCredential[]
}

/**
 * All hooks in this process's memory: for trying things out and for tests. Everything is gone when the process ends.
 *
 * @example
 * ```ts
 * const hooks = memoryHooks({ clients: [{ clientId: 'demo', clientSecret: 's3cret', callbacks: [] }] })
 * ```
 */
export function memoryHooks({ clients = [], tokens = [], ...options }: MemoryStoreOptions = {}): Hooks {
  const cache = memoryCache(options)
  const clientsById = new Map(clients.map((client) => [client.clientId, client]))
  const tokensById = new Map(tokens.map((token) => [token.oauthToken, token]))
  return {
    ...nonceHooks(cache, options),
    ...temporaryCredentialHooks(cache, options),
    queryClient: (clientId) => clientsById.get(clientId),
    queryToken(clientId, oauthToken) {
      const token = tokensById.get(oauthToken)
      return token?.clientId === clientId ? token : undefined
    },
    createTokenCredential(credential) {
      tokensById.set(credential.oauthToken, credential)
      return credential
    },
  }
}
