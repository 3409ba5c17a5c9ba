import { OAuth1Error } from '../errors.ts'

/** How far a clock may be set back without harm: stores keep a nonce this long after its end. */
const toleratedSeconds = 60
/** A request accepted while the clock was far ahead must not shut others out for longer than this. */
const mostSeconds = 3_600

/**
 * Guards against a clock that is set back: a store forgets nonces after real time, or by the clock that was ahead, and
 * their timestamps would become acceptable again. After such a step, only timestamps above all that were used before
 * are accepted.
 */
export class UsedTimestamps {
  #clock = Number.NEGATIVE_INFINITY
  #used = Number.NEGATIVE_INFINITY
  #refused = Number.NEGATIVE_INFINITY

  /**
   * @param now - The current time; a step back is noticed here.
   * @throws OAuth1Error when the timestamp may have been used before the clock was set back.
   */
  check(timestamp: number, now: number): void {
    if (now >= this.#clock) this.#clock = now
    else if (this.#clock - now > toleratedSeconds) {
      this.#refused = Math.max(this.#refused, Math.min(this.#used, now + mostSeconds))
      this.#clock = now
    }
    if (timestamp > this.#refused) return
    throw new OAuth1Error(
      'invalid_nonce',
      `This server's clock was set back: requests are accepted again from the oauth_timestamp ${this.#refused + 1} on.`,
      { problem: { name: 'timestamp_refused' } },
    )
  }

  /** A request with this timestamp was let in. */
  add(timestamp: number): void {
    if (timestamp > this.#used) this.#used = timestamp
  }
}
