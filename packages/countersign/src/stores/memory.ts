import { ConfigurationError, StoreError } from '../protocol/errors.ts'
import type { Hooks } from '../server/hooks.ts'
import type { Client, TokenCredential } from '../server/models.ts'
import { type Cache, nonceHooks, temporaryCredentialHooks } from './cache.ts'

/** How large a memory cache may grow, and by which clock it expires. */
export interface MemoryCacheOptions {
  /** Entries at the most, up to 16 000 000. When all are still valid, a new one is refused with a `StoreError`. Default 1 000 000. */
  readonly maxEntries?: number
  /** Seconds. Default: a clock that nobody can set, so that a corrected system clock neither forgets a nonce nor keeps it for ever. */
  readonly now?: () => number
}

/**
 * A cache in this process's memory. It serves **one process**: a second one does not see its nonces.
 * It never forgets an entry before its time, refuses when full, and expires without a timer.
 *
 * @throws ConfigurationError when `maxEntries` is not a whole number from 1 to 16 000 000.
 * @example
 * ```ts
 * const hooks = { ...nonceHooks(memoryCache({ maxEntries: 5_000_000 })) }
 * ```
 */
export function memoryCache(options: MemoryCacheOptions = {}): Cache {
  return new MemoryCache(options)
}

/** What a `Map` can hold in V8, less a margin. */
const mostEntries = 16_000_000
/** Entries that each new one looks at to drop the dead: with two, dead entries are never more than the living. */
const looksPerEntry = 2

class MemoryCache implements Cache {
  readonly #maxEntries: number
  readonly #now: () => number
  /** Counted from here, times are small integers, which cost no object each. */
  readonly #origin: number
  /** When each key dies, in whole seconds. */
  readonly #expiresAt = new Map<string, number>()
  /** Values that are not empty; a nonce has none. */
  readonly #values = new Map<string, string>()
  /** Goes round and round over all keys, a few steps for each new one: the cost of expiry is spread evenly. */
  #cursor: MapIterator<[string, number]>
  #sweptAt = Number.NEGATIVE_INFINITY

  constructor({ maxEntries = 1_000_000, now = monotonicClock }: MemoryCacheOptions) {
    if (!Number.isInteger(maxEntries) || maxEntries < 1 || maxEntries > mostEntries) {
      throw new ConfigurationError(
        `maxEntries must be a whole number from 1 to ${mostEntries}; it is ${maxEntries}.`,
      )
    }
    this.#maxEntries = maxEntries
    this.#now = now
    this.#origin = Math.floor(now())
    this.#cursor = this.#expiresAt.entries()
  }

  get(key: string): string | undefined {
    return this.#isAlive(key, this.#clock) ? (this.#values.get(key) ?? '') : undefined
  }

  set(key: string, value: string, ttlSeconds: number): void {
    this.#put(key, value, ttlSeconds, this.#clock)
  }

  add(key: string, value: string, ttlSeconds: number): boolean {
    const clock = this.#clock
    if (this.#isAlive(key, clock)) return false
    this.#put(key, value, ttlSeconds, clock)
    return true
  }

  delete(key: string): boolean {
    const alive = this.#isAlive(key, this.#clock)
    this.#drop(key)
    return alive
  }

  get #clock(): number {
    return this.#now() - this.#origin
  }

  #isAlive(key: string, clock: number): boolean {
    const expiresAt = this.#expiresAt.get(key)
    return expiresAt !== undefined && expiresAt > clock
  }

  #put(key: string, value: string, ttlSeconds: number, clock: number): void {
    // Rounded up: an entry may live too long, never too short.
    const expiresAt = Math.ceil(clock + ttlSeconds)
    // NaN is later than nothing: an entry with such an end would be dead at once, and its replay would pass.
    if (Number.isNaN(expiresAt)) throw new StoreError(`A time to live of ${ttlSeconds} seconds is no number.`)
    if (!this.#expiresAt.has(key)) this.#makeRoom(clock)
    this.#expiresAt.set(flat(key), expiresAt)
    if (value !== '') this.#values.set(key, value)
    else if (this.#values.size > 0) this.#values.delete(key)
  }

  #drop(key: string): void {
    this.#expiresAt.delete(key)
    this.#values.delete(key)
  }

  #makeRoom(clock: number): void {
    for (let look = 0; look < looksPerEntry; look++) {
      const { done, value } = this.#cursor.next()
      if (done) {
        this.#cursor = this.#expiresAt.entries()
        break
      }
      if (value[1] <= clock) this.#drop(value[0])
    }
    if (this.#expiresAt.size < this.#maxEntries) return
    this.#sweepAll(clock)
    if (this.#expiresAt.size < this.#maxEntries) return
    throw new StoreError(
      `The memory cache is full: ${this.#maxEntries} entries are still valid, and none is dropped before its time. Raise maxEntries, or use Redis.`,
    )
  }

  /** Looks at every key, once a second at the most: who fills the cache must not make each request pay for its size. */
  #sweepAll(clock: number): void {
    if (Math.floor(clock) === this.#sweptAt) return
    this.#sweptAt = Math.floor(clock)
    for (const [key, expiresAt] of this.#expiresAt) if (expiresAt <= clock) this.#drop(key)
  }
}

/** The same text in one piece, which matching makes of it: a key that was glued together keeps 32 bytes of glue. */
function flat(key: string): string {
  anyText.test(key)
  return key
}

const anyText = /^/

function monotonicClock(): number {
  return performance.now() / 1000
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
