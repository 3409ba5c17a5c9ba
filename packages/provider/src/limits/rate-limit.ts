import type { SharedLimits } from './shared-limits.ts'

/** How often a key may do something within a window, which opens at the first use. */
export interface RateLimitOptions {
  /** 0 for no limit. */
  readonly limit: number
  readonly windowSeconds: number
  /** The most keys to remember; the oldest make room. Default 50,000. */
  readonly maxKeys?: number
  /** Seconds since 1970. Default: the system's clock. */
  readonly now?: () => number
}

interface Window {
  count: number
  /** Its end. */
  until: number
}

/**
 * Counts the actions of keys in this process, and across processes that share counts. A check only reads memory and
 * never waits: this process learns the others' counts just after it has counted itself.
 */
export class RateLimit {
  readonly #name: string
  readonly #options: Required<RateLimitOptions>
  readonly #shared: SharedLimits | undefined
  /** In the order in which they opened, and so will close. */
  readonly #windows = new Map<string, Window>()

  /** @param name - Distinguishes the limits of one provider. */
  constructor(name: string, options: RateLimitOptions, shared?: SharedLimits) {
    this.#name = name
    this.#options = { maxKeys: 50_000, now: () => Date.now() / 1000, ...options }
    this.#shared = shared
  }

  /**
   * Counts an action unless it is over the limit. Returns the seconds until the key may try again; 0 if it was counted.
   */
  take(key: string): number {
    const waitSeconds = this.waitSeconds(key)
    if (waitSeconds === 0) this.add(key)
    return waitSeconds
  }

  /** Seconds until the key may try again; 0 if it may now. */
  waitSeconds(key: string): number {
    const { limit, now } = this.#options
    const window = limit === 0 ? undefined : this.#alive(key)
    return window !== undefined && window.count >= limit ? Math.ceil(window.until - now()) : 0
  }

  add(key: string): void {
    const { limit, windowSeconds, now } = this.#options
    if (limit === 0) return
    const window = this.#alive(key)
    if (window === undefined) this.#open(key, 1, now() + windowSeconds)
    else window.count++
    // Without it, this process's own count applies.
    this.#shared?.add(this.#sharedKey(key), windowSeconds).then(
      ({ count, secondsLeft }) => this.#learn(key, count, secondsLeft),
      () => {},
    )
  }

  /** Reads the shared counts, for limits that are worth a round trip. */
  async refresh(key: string): Promise<void> {
    if (this.#options.limit === 0 || this.#shared === undefined) return
    try {
      const { count, secondsLeft } = await this.#shared.read(this.#sharedKey(key))
      if (count > 0) this.#learn(key, count, secondsLeft)
    } catch {
      // This process's own count applies.
    }
  }

  #sharedKey(key: string): string {
    return `${this.#name} ${key}`
  }

  #learn(key: string, count: number, secondsLeft: number): void {
    if (count < this.#options.limit) return
    this.#windows.delete(key)
    this.#open(key, count, this.#options.now() + secondsLeft)
  }

  #alive(key: string): Window | undefined {
    const window = this.#windows.get(key)
    if (window === undefined || window.until > this.#options.now()) return window
    this.#windows.delete(key)
    return undefined
  }

  #open(key: string, count: number, until: number): void {
    const { maxKeys, now } = this.#options
    for (const [other, { until }] of this.#windows) {
      if (until > now() && this.#windows.size < maxKeys) break
      this.#windows.delete(other)
    }
    this.#windows.set(key, { count, until })
  }
}
