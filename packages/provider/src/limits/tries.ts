import { setTimeout } from 'node:timers/promises'
import { randomText } from '../random.ts'
import { OverloadError } from './overload-error.ts'
import type { SharedLimits } from './shared-limits.ts'
import { Throttle } from './throttle.ts'

/** How many attempts of a key may fail, and for how long failures count. */
export interface TriesOptions {
  readonly limit: number
  readonly windowSeconds: number
}

/** A place among the attempts of a key. */
export interface TryPlace {
  /** Seconds until a failure is forgotten if too many attempts have failed; otherwise 0. */
  readonly waitSeconds: number
  /** Gives it back, once, with the outcome: undefined if there was no attempt. */
  settle(isRight: boolean | undefined): Promise<void>
}

/** Attempts of one key that wait for the outcome of others under way. */
const maxWaiting = 64
/** The place of a killed process is free again after this time, which is longer than any attempt takes. */
const holdSeconds = 90
/** How often, and for how long, to check whether another process has given a place back. */
const pollMilliseconds = 50
const patienceMilliseconds = 10_000

/**
 * Allows only as many concurrent attempts of a key as may still fail: parallel guesses do not slip through, and
 * parallel correct ones all succeed. If processes share counts, the shared counts apply; while they are unreachable,
 * this process's own do.
 */
export class Tries {
  readonly #name: string
  readonly #options: TriesOptions
  readonly #shared: SharedLimits | undefined
  readonly #failures: Throttle
  readonly #underWay = new Map<string, UnderWay>()

  constructor(name: string, options: TriesOptions, shared?: SharedLimits) {
    this.#name = name
    this.#options = options
    this.#shared = shared
    this.#failures = new Throttle(options)
  }

  /** How many more attempts may fail. */
  async left(key: string): Promise<number> {
    try {
      const counted = await this.#shared?.read(this.#sharedKey(key))
      if (counted) return Math.max(0, this.#options.limit - counted.count)
    } catch {}
    return this.#failures.left(key)
  }

  /** @throws OverloadError when too many wait. */
  async enter(key: string): Promise<TryPlace> {
    await this.#enter(key)
    try {
      return await this.#place(key)
    } catch (error) {
      this.#leave(key)
      throw error
    }
  }

  async #place(key: string): Promise<TryPlace> {
    const own: TryPlace = {
      waitSeconds: this.#failures.waitSeconds(key),
      settle: async (isRight) => {
        if (isRight) this.#failures.forgive(key)
        if (isRight === false) this.#failures.fail(key)
        this.#leave(key)
      },
    }
    const shared = this.#shared
    if (shared === undefined) return own
    const id = randomText(16)
    const waitSeconds = await this.#enterShared(shared, key, id)
    if (waitSeconds === undefined) return own
    return {
      waitSeconds,
      settle: async (isRight) => {
        const { windowSeconds } = this.#options
        // The failure of an attempt without a place counts like any other.
        await shared.leave(this.#sharedKey(key), id, isRight, windowSeconds).catch(() => {})
        await own.settle(isRight)
      },
    }
  }

  /** Seconds to wait; undefined if the shared counts cannot be reached. */
  async #enterShared(shared: SharedLimits, key: string, id: string): Promise<number | undefined> {
    const { limit } = this.#options
    for (let waited = 0; waited < patienceMilliseconds; waited += pollMilliseconds) {
      let entered: 'entered' | 'busy' | number
      try {
        entered = await shared.enter(this.#sharedKey(key), { limit, id, holdSeconds })
      } catch {
        return undefined
      }
      if (entered !== 'busy') return entered === 'entered' ? 0 : entered
      await setTimeout(pollMilliseconds)
    }
    throw new OverloadError('Too many sign-in attempts for one name.', 2)
  }

  #sharedKey(key: string): string {
    return `${this.#name} ${key}`
  }

  async #enter(key: string): Promise<void> {
    for (;;) {
      // Looked up again after each wait: the last attempt to finish removes the entry.
      const entry = this.#underWay.get(key) ?? { count: 0, waiting: [] }
      const left = this.#failures.left(key)
      if (left === 0 || entry.count < left) {
        entry.count++
        this.#underWay.set(key, entry)
        return
      }
      if (entry.waiting.length >= maxWaiting)
        throw new OverloadError('Too many sign-in attempts for one name.', 2)
      await new Promise<void>((go) => entry.waiting.push(go))
    }
  }

  #leave(key: string): void {
    const entry = this.#underWay.get(key)
    if (entry === undefined) return
    entry.count--
    const waiting = entry.waiting.splice(0)
    if (entry.count === 0) this.#underWay.delete(key)
    for (const go of waiting) go()
  }
}

interface UnderWay {
  count: number
  readonly waiting: (() => void)[]
}
