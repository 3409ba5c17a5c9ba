/** How many failures a key may have, and for how long they count. */
export interface ThrottleOptions {
  readonly limit: number
  readonly windowSeconds: number
  /** The most keys to remember; those with the fewest failures are dropped first. Default 10,000. */
  readonly maxKeys?: number
  /** Seconds since 1970. Default: the system's clock. */
  readonly now?: () => number
}

interface Count {
  readonly failures: number
  readonly until: number
}

/** Counts failures per key in this process's memory, within a fixed window that begins at the first failure. */
export class Throttle {
  readonly #limit: number
  readonly #windowSeconds: number
  readonly #maxKeys: number
  readonly #now: () => number
  readonly #counts = new Map<string, Count>()
  /** The keys by number of failures, oldest first, so that the one with the fewest is found at once. */
  readonly #levels = new Map<number, Set<string>>()

  constructor({ limit, windowSeconds, maxKeys = 10_000, now = () => Date.now() / 1000 }: ThrottleOptions) {
    this.#limit = limit
    this.#windowSeconds = windowSeconds
    this.#maxKeys = maxKeys
    this.#now = now
  }

  /** Seconds until the key may try again; 0 if it may now. */
  waitSeconds(key: string): number {
    const count = this.#alive(key)
    return count !== undefined && count.failures >= this.#limit ? Math.ceil(count.until - this.#now()) : 0
  }

  /** How many more failures the key may have. */
  left(key: string): number {
    return this.#limit - Math.min(this.#limit, this.#alive(key)?.failures ?? 0)
  }

  fail(key: string): void {
    const count = this.#alive(key)
    if (count !== undefined) this.forgive(key)
    // Names that are not under attack must not push out the one under attack: that would give its attacker new tries.
    else if (this.#counts.size >= this.#maxKeys) this.#forgetLeast()
    const failures = (count?.failures ?? 0) + 1
    const until = count?.until ?? this.#now() + this.#windowSeconds
    this.#counts.set(key, { failures, until })
    const level = this.#levelOf(failures)
    this.#levels.set(level, (this.#levels.get(level) ?? new Set()).add(key))
  }

  forgive(key: string): void {
    const count = this.#counts.get(key)
    if (count === undefined) return
    this.#counts.delete(key)
    const level = this.#levelOf(count.failures)
    const keys = this.#levels.get(level)
    keys?.delete(key)
    if (keys?.size === 0) this.#levels.delete(level)
  }

  /** Failures beyond the limit count as the limit. */
  #levelOf(failures: number): number {
    return Math.min(failures, this.#limit)
  }

  #alive(key: string): Count | undefined {
    const count = this.#counts.get(key)
    if (count === undefined || count.until > this.#now()) return count
    this.forgive(key)
    return undefined
  }

  #forgetLeast(): void {
    const [oldest] = this.#levels.get(Math.min(...this.#levels.keys())) ?? []
    if (oldest !== undefined) this.forgive(oldest)
  }
}
