import type { Counted, SharedLimits } from './shared-limits.ts'
import { Throttle } from './throttle.ts'

/** How many failures a key may have, and for how long they count. */
export interface FailureOptions {
  /** 0 for no limit. */
  readonly limit: number
  readonly windowSeconds: number
}

/**
 * Failures per key, across processes that share counts. While those cannot be reached, this process's own counts apply.
 */
export class Failures {
  readonly #name: string
  readonly #options: FailureOptions
  readonly #shared: SharedLimits | undefined
  readonly #own: Throttle

  constructor(name: string, options: FailureOptions, shared?: SharedLimits) {
    this.#name = name
    this.#options = options
    this.#shared = shared
    this.#own = new Throttle(options)
  }

  /** Seconds until the key may fail again; 0 if it may now. */
  async waitSeconds(key: string): Promise<number> {
    const { limit } = this.#options
    if (limit === 0) return 0
    const counted = await this.#ask((shared) => shared.read(this.#sharedKey(key)))
    if (counted === undefined) return this.#own.waitSeconds(key)
    return counted.count >= limit ? Math.max(1, counted.secondsLeft) : 0
  }

  async fail(key: string): Promise<void> {
    const { limit, windowSeconds } = this.#options
    if (limit === 0) return
    this.#own.fail(key)
    await this.#ask((shared) => shared.add(this.#sharedKey(key), windowSeconds))
  }

  #sharedKey(key: string): string {
    return `${this.#name} ${key}`
  }

  async #ask(question: (shared: SharedLimits) => Promise<Counted>): Promise<Counted | undefined> {
    try {
      return this.#shared && (await question(this.#shared))
    } catch {
      return undefined
    }
  }
}
