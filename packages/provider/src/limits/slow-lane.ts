/** The pace of callers beyond a limit. */
export interface SlowLaneOptions {
  readonly spacingSeconds: number
  /** Callers that would wait longer are refused. */
  readonly longestSeconds: number
  readonly maxKeys?: number
  /** Seconds since 1970. Default: the system's clock. */
  readonly now?: () => number
}

/** Gives out turns per key, each a few seconds after the previous one. */
export class SlowLane {
  readonly #options: Required<SlowLaneOptions>
  /** The time of the last turn given out. */
  readonly #turns = new Map<string, number>()

  constructor(options: SlowLaneOptions) {
    this.#options = { maxKeys: 10_000, now: () => Date.now() / 1000, ...options }
  }

  /** Seconds until the turn, or undefined if too many wait. */
  take(key: string): number | undefined {
    const { spacingSeconds, longestSeconds, maxKeys } = this.#options
    const now = this.#options.now()
    const turn = Math.max(this.#turns.get(key) ?? 0, now) + spacingSeconds
    if (turn - now > longestSeconds) return undefined
    if (!this.#turns.has(key) && this.#turns.size >= maxKeys) {
      for (const [other, last] of this.#turns) if (last <= now) this.#turns.delete(other)
      if (this.#turns.size >= maxKeys) return undefined
    }
    this.#turns.set(key, turn)
    return turn - now
  }
}
