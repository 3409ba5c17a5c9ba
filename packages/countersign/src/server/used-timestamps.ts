import { OAuth1Error } from '../errors.ts'

/** As far as a clock may be set back without harm: stores keep a nonce for this long after its end. */
const toleratedSeconds = 60
/** A request that was let in while the clock was far ahead must not shut others out for longer than this. */
const mostSeconds = 3_600

/**
 * What a clock that is set back would reopen: a store forgets nonces after a real time, or by the time that the clock
 * said when it was ahead, and their timestamps would be acceptable again. From then on no timestamp is let in that is
 * not above all that were used before.
 */
export class UsedTimestamps {
  #clock = Number.NEGATIVE_INFINITY
  #used = Number.NEGATIVE_INFINITY
  #refused = Number.NEGATIVE_INFINITY

  /**
   * @param now - What the clock says; a fall below what it said before is noticed here.
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
