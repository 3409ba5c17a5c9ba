import { ConfigurationError, StoreError } from '../../protocol/errors.ts'
import type { Cache } from '../cache.ts'
import { Marks } from './marks.ts'

/** How large a memory cache may grow, and by which clock it expires. */
export interface MemoryCacheOptions {
  /** Entries at most, up to 16 000 000. When all are still valid, a new one is refused with a `StoreError`. Default 1 000 000. */
  readonly maxEntries?: number
  /** Seconds. Default: a monotonic clock, so that a corrected system clock neither forgets a nonce nor keeps it forever. */
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

class MemoryCache implements Cache {
  readonly digestsKeys = true
  readonly #maxEntries: number
  readonly #now: () => number
  /** Entries without a value: nonces, of which there are many. */
  readonly #marks = new Marks()
  /** All others, in the order in which they were put in. */
  readonly #entries = new Map<string, Entry>()
  #sweptAt = Number.NEGATIVE_INFINITY

  constructor({ maxEntries = 1_000_000, now = monotonicClock }: MemoryCacheOptions) {
    if (!Number.isInteger(maxEntries) || maxEntries < 1 || maxEntries > mostEntries) {
      throw new ConfigurationError(
        `maxEntries must be a whole number from 1 to ${mostEntries}; it is ${maxEntries}.`,
      )
    }
    this.#maxEntries = maxEntries
    this.#now = now
  }

  get(key: string): string | undefined {
    const clock = this.#now()
    const entry = this.#entries.get(key)
    if (entry !== undefined && entry.end > clock) return entry.value
    return this.#marks.has(key, clock) ? '' : undefined
  }

  set(key: string, value: string, ttlSeconds: number): void {
    const clock = this.#now()
    const end = endOf(clock, ttlSeconds)
    const isKnown = this.#entries.has(key) || this.#marks.has(key, clock)
    if (!isKnown) this.#makeRoom(clock)
    if (value === '') {
      this.#entries.delete(key)
      if (this.#marks.isFull) this.#marks.sweep(clock)
      this.#marks.put(key, end)
    } else {
      this.#marks.delete(key, clock)
      this.#entries.set(key, { value, end })
    }
  }

  add(key: string, value: string, ttlSeconds: number): boolean {
    const clock = this.#now()
    const end = endOf(clock, ttlSeconds)
    // Where there are nonces alone, none is looked for among the values.
    const entry = this.#entries.size === 0 ? undefined : this.#entries.get(key)
    if (entry !== undefined && entry.end > clock) return false
    if (value !== '') {
      if (this.#marks.has(key, clock)) return false
      this.#makeRoom(clock)
      this.#entries.set(key, { value, end })
      return true
    }
    if (this.#needsRoom && this.#marks.has(key, clock)) return false
    this.#makeRoom(clock)
    return this.#marks.add(key, end, clock)
  }

  delete(key: string): boolean {
    const clock = this.#now()
    const entry = this.#entries.get(key)
    this.#entries.delete(key)
    return this.#marks.delete(key, clock) || (entry !== undefined && entry.end > clock)
  }

  get #needsRoom(): boolean {
    return this.#marks.isFull || this.#marks.size + this.#entries.size >= this.#maxEntries
  }

  /** Drops what has died where the next entry needs its place. */
  #makeRoom(clock: number): void {
    if (this.#marks.isFull) this.#marks.sweep(clock)
    // The oldest first: temporary credentials live equally long, so what has died stands in front.
    if (this.#entries.size > 0) {
      for (const [key, { end }] of this.#entries) {
        if (end > clock) break
        this.#entries.delete(key)
      }
    }
    if (this.#marks.size + this.#entries.size < this.#maxEntries) return
    this.#sweepAll(clock)
    if (this.#marks.size + this.#entries.size < this.#maxEntries) return
    throw new StoreError(
      `The memory cache is full: ${this.#maxEntries} entries are still valid, and none is dropped before its time. Raise maxEntries, or use Redis.`,
    )
  }

  /** Looks at every entry, once a second at most: who fills the cache must not make each request pay for its size. */
  #sweepAll(clock: number): void {
    if (Math.floor(clock) === this.#sweptAt) return
    this.#sweptAt = Math.floor(clock)
    this.#marks.sweep(clock)
    for (const [key, { end }] of this.#entries) if (end <= clock) this.#entries.delete(key)
  }
}

interface Entry {
  readonly value: string
  readonly end: number
}

/** Rounded up: an entry may live too long, never too short. */
function endOf(clock: number, ttlSeconds: number): number {
  const end = Math.ceil(clock + ttlSeconds)
  // NaN is later than nothing: an entry with such an end would be dead at once, and its replay would pass.
  if (Number.isNaN(end)) throw new StoreError(`A time to live of ${ttlSeconds} seconds is no number.`)
  return end
}

function monotonicClock(): number {
  return performance.now() / 1000
}
