/** How many failures a key may have, and for how long they count. */
export interface ThrottleOptions {
  readonly limit: number
  readonly windowSeconds: number
  /** Keys that are remembered at the most; the oldest goes first. Default 10 000. */
  readonly maxKeys?: number
  /** Seconds since 1970. Default: the system's clock. */
  readonly now?: () => number
}

/** How those beyond the limit come one after another. */
export interface TurnOptions {
  readonly spacingSeconds: number
  /** Whoever would wait longer gets no turn. */
  readonly longestSeconds: number
}

interface Count {
  failures: number
  readonly until: number
  /** When the last turn is that was given out. */
  turn: number
}

/** Counts failures per key in this process's memory, within a fixed window that begins at the first one. */
export class Throttle {
  readonly #limit: number
  readonly #windowSeconds: number
  readonly #maxKeys: number
  readonly #now: () => number
  readonly #counts = new Map<string, Count>()

  constructor({ limit, windowSeconds, maxKeys = 10_000, now = () => Date.now() / 1000 }: ThrottleOptions) {
    this.#limit = limit
    this.#windowSeconds = windowSeconds
    this.#maxKeys = maxKeys
    this.#now = now
  }

  /** Seconds until the key may try again; 0 where it may now. */
  waitSeconds(key: string): number {
    const count = this.#alive(key)
    return count !== undefined && count.failures >= this.#limit ? Math.ceil(count.until - this.#now()) : 0
  }

  /** Counts before the work is done, so that parallel tries cannot all slip through; `forgive` takes a success back. */
  count(key: string): void {
    const count = this.#alive(key)
    if (count !== undefined) {
      count.failures++
      return
    }
    if (this.#counts.size >= this.#maxKeys) this.#counts.delete(this.#counts.keys().next().value as string)
    this.#counts.set(key, { failures: 1, until: this.#now() + this.#windowSeconds, turn: 0 })
  }

  /** Seconds until the turn of a try that was counted: 0 within the limit, undefined where too many wait. */
  takeTurn(key: string, { spacingSeconds, longestSeconds }: TurnOptions): number | undefined {
    const count = this.#alive(key)
    if (count === undefined || count.failures <= this.#limit) return 0
    const now = this.#now()
    const turn = Math.max(count.turn, now) + spacingSeconds
    if (turn - now > longestSeconds) return undefined
    count.turn = turn
    return turn - now
  }

  forgive(key: string): void {
    this.#counts.delete(key)
  }

  #alive(key: string): Count | undefined {
    const count = this.#counts.get(key)
    if (count !== undefined && count.until <= this.#now()) {
      this.#counts.delete(key)
      return undefined
    }
    return count
  }
}
