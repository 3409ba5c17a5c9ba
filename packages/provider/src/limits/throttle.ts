/** How many failures a key may have, and for how long they count. */
export interface ThrottleOptions {
  readonly limit: number
  readonly windowSeconds: number
  /** Keys that are remembered at most; one with the fewest failures goes first. Default 10,000. */
  readonly maxKeys?: number
  /** Seconds since 1970. Default: the system's clock. */
  readonly now?: () => number
}

interface Count {
  readonly failures: number
  readonly until: number
}

/** Counts failures per key in this process's memory, within a fixed window that begins at the first one. */
export class Throttle {
  readonly #limit: number
  readonly #windowSeconds: number
  readonly #maxKeys: number
  readonly #now: () => number
  /** One map for each number of failures: forgetting the key with the fewest needs no search. */
  readonly #levels: Map<string, Count>[]
  #size = 0

  constructor({ limit, windowSeconds, maxKeys = 10_000, now = () => Date.now() / 1000 }: ThrottleOptions) {
    this.#limit = limit
    this.#windowSeconds = windowSeconds
    this.#maxKeys = maxKeys
    this.#now = now
    this.#levels = Array.from({ length: limit + 1 }, () => new Map())
  }

  /** Seconds until the key may try again; 0 where it may now. */
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
    else if (this.#size >= this.#maxKeys) this.#forgetLeast()
    const failures = (count?.failures ?? 0) + 1
    const until = count?.until ?? this.#now() + this.#windowSeconds
    this.#levels[Math.min(failures, this.#limit)]?.set(key, { failures, until })
    this.#size++
  }

  forgive(key: string): void {
    if (this.#levels.some((level) => level.delete(key))) this.#size--
  }

  #alive(key: string): Count | undefined {
    for (const level of this.#levels) {
      const count = level.get(key)
      if (count === undefined) continue
      if (count.until > this.#now()) return count
      this.forgive(key)
    }
    return undefined
  }

  #forgetLeast(): void {
    for (const level of this.#levels) {
      const oldest = level.keys().next()
      if (oldest.done) continue
      this.forgive(oldest.value)
      return
    }
  }
}
