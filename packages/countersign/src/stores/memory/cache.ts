import { StoreError } from '../../errors.ts'
import { checkOptions, clock, type Kinds, wholeNumber } from '../../server/option-kinds.ts'
import type { Cache } from '../cache.ts'
import { Marks } from './marks.ts'

/** How large a memory cache may grow, and the clock by which entries expire. */
export interface MemoryCacheOptions {
  /**
   * The most entries, up to 16 000 000. If all are still valid, a new one is refused with a `StoreError`. Default 1 000
   * 000.
   */
  readonly maxEntries?: number
  /**
   * The most bytes for all entries with a value: for temporary credentials, not for nonces, which take 40 bytes each.
   * If valid entries take all of it, a new one is refused with a `StoreError`. Default 67 108 864 (64 MiB).
   */
  readonly maxOctets?: number
  /** Seconds. Default: a monotonic clock, so that a corrected system clock neither forgets a nonce nor keeps it forever. */
  readonly now?: () => number
}

/**
 * A cache in this process's memory. It serves **one process**: a second one does not see its nonces. It never drops an
 * entry early, refuses new ones when full, and expires entries without a timer.
 *
 * @throws ConfigurationError when an option is unknown or out of its range.
 * @example
 * ```ts
 * const hooks = { ...nonceHooks(memoryCache({ maxEntries: 5_000_000 })) }
 * ```
 */
export function memoryCache(options: MemoryCacheOptions = {}): Cache {
  checkOptions('memoryCache', options, cacheOptions)
  return new MemoryCache(options)
}

/** The capacity of a `Map` in V8, minus a margin. */
const mostEntries = 16_000_000

export const cacheOptions: Kinds<MemoryCacheOptions> = {
  maxEntries: wholeNumber(1, mostEntries),
  maxOctets: wholeNumber(1),
  now: clock,
}

class MemoryCache implements Cache {
  readonly digestsKeys = true
  readonly #maxEntries: number
  readonly #maxOctets: number
  readonly #now: () => number
  /** Entries without a value: nonces, of which there are many. */
  readonly #marks = new Marks()
  /** All others, in insertion order. */
  readonly #entries = new Map<string, Entry>()
  /** Of all entries with a value. */
  #octets = 0
  #sweptAt = Number.NEGATIVE_INFINITY

  constructor({ maxEntries = 1_000_000, maxOctets = 67_108_864, now = monotonicClock }: MemoryCacheOptions) {
    this.#maxEntries = maxEntries
    this.#maxOctets = maxOctets
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
    if (value === '') {
      if (!isKnown) this.#makeRoom(clock, 0)
      this.#drop(key)
      if (this.#marks.isFull) this.#marks.sweep(clock)
      this.#marks.put(key, end)
    } else {
      const octets = octetsOf(key, value) - (this.#entries.get(key)?.octets ?? 0)
      if (!isKnown || octets > 0) this.#makeRoom(clock, octets, isKnown ? 0 : 1)
      this.#marks.delete(key, clock)
      this.#put(key, value, end)
    }
  }

  add(key: string, value: string, ttlSeconds: number): boolean {
    const clock = this.#now()
    const end = endOf(clock, ttlSeconds)
    // With nonces only, skip the look-up among the values.
    const entry = this.#entries.size === 0 ? undefined : this.#entries.get(key)
    if (entry !== undefined && entry.end > clock) return false
    if (value !== '') {
      if (this.#marks.has(key, clock)) return false
      this.#makeRoom(clock, octetsOf(key, value))
      this.#put(key, value, end)
      return true
    }
    if (this.#needsRoom && this.#marks.has(key, clock)) return false
    this.#makeRoom(clock, 0)
    return this.#marks.add(key, end, clock)
  }

  delete(key: string): boolean {
    const clock = this.#now()
    const entry = this.#entries.get(key)
    this.#drop(key)
    return this.#marks.delete(key, clock) || (entry !== undefined && entry.end > clock)
  }

  #put(key: string, value: string, end: number): void {
    // Inserted again, so that it stands after entries that expire before it.
    this.#drop(key)
    const octets = octetsOf(key, value)
    this.#entries.set(key, { value, end, octets })
    this.#octets += octets
  }

  #drop(key: string): void {
    const entry = this.#entries.get(key)
    if (entry === undefined) return
    this.#entries.delete(key)
    this.#octets -= entry.octets
  }

  get #needsRoom(): boolean {
    return this.#marks.isFull || this.#marks.size + this.#entries.size >= this.#maxEntries
  }

  /** Drops expired entries if the next one needs their space. */
  #makeRoom(clock: number, octets: number, entries = 1): void {
    if (this.#marks.isFull) this.#marks.sweep(clock)
    // The oldest first: temporary credentials live equally long, so expired ones come first.
    if (this.#entries.size > 0) {
      for (const [key, { end }] of this.#entries) {
        if (end > clock) break
        this.#drop(key)
      }
    }
    const isFull = () => this.#marks.size + this.#entries.size + entries > this.#maxEntries
    const isTooLarge = () => octets > 0 && this.#octets + octets > this.#maxOctets
    if (!isFull() && !isTooLarge()) return
    this.#sweepAll(clock)
    if (isFull()) {
      throw new StoreError(
        `The memory cache is full: ${this.#maxEntries} entries are still valid, and none is dropped before its time. Raise maxEntries, or use Redis.`,
      )
    }
    if (isTooLarge()) {
      throw new StoreError(
        `The memory cache is full: its entries take ${this.#maxOctets} octets, and none is dropped before its time. Raise maxOctets, or use Redis.`,
      )
    }
  }

  /** Visits every entry, at most once a second, so that a full cache does not slow every request down. */
  #sweepAll(clock: number): void {
    if (Math.floor(clock) === this.#sweptAt) return
    this.#sweptAt = Math.floor(clock)
    this.#marks.sweep(clock)
    for (const [key, { end }] of this.#entries) if (end <= clock) this.#drop(key)
  }
}

interface Entry {
  readonly value: string
  readonly end: number
  readonly octets: number
}

/** The memory of an entry beyond its texts: two strings, an object and a slot in the map. */
const overhead = 150

/** V8 stores a string in one byte per character if it can, otherwise in two. */
function octetsOf(key: string, value: string): number {
  return overhead + sizeOf(key) + sizeOf(value)
}

function sizeOf(text: string): number {
  return /^[\0-\xff]*$/.test(text) ? text.length : 2 * text.length
}

/** Rounded up: an entry may live too long, but never too short. */
function endOf(clock: number, ttlSeconds: number): number {
  const end = Math.ceil(clock + ttlSeconds)
  // No comparison with NaN is true: an entry with such an end would expire at once, and its replay would pass.
  if (Number.isNaN(end)) throw new StoreError(`A time to live of ${ttlSeconds} seconds is no number.`)
  return end
}

function monotonicClock(): number {
  return performance.now() / 1000
}
