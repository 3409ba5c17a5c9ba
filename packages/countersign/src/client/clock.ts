/** The client's clock, corrected by a server's. Clients made by `withToken` share one. */
export class Clock {
  readonly #now: () => number
  #offsetSeconds = 0

  /** @param now - Seconds since 1970. */
  constructor(now: () => number = () => Date.now() / 1000) {
    this.#now = now
  }

  /** Whole seconds since 1970, corrected. */
  timestamp(): number {
    return Math.floor(this.#now() + this.#offsetSeconds)
  }

  /** Adopts the time of a `Date` header; returns whether the clock was far off. */
  correct(date: string | null): boolean {
    const serverSeconds = Date.parse(date ?? '') / 1000
    if (Number.isNaN(serverSeconds) || Math.abs(serverSeconds - this.timestamp()) <= toleratedSeconds) {
      return false
    }
    this.#offsetSeconds = serverSeconds - this.#now()
    return true
  }
}

/** `Date` has whole seconds, and a response takes time to arrive. */
const toleratedSeconds = 5
