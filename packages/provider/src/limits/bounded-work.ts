import { OverloadError } from './overload-error.ts'

/** How much work runs at once, and how much may wait. */
export interface WorkBounds {
  readonly atOnce: number
  readonly waiting: number
  /** How much of both a single key may use. */
  readonly perKey: number
}

/**
 * Runs expensive work first come, first served, with bounds, so that a flood is refused instead of queued without end.
 */
export class BoundedWork {
  readonly #bounds: WorkBounds
  readonly #waiting: (() => void)[] = []
  readonly #byKey = new Map<string, number>()
  #running = 0

  constructor(bounds: WorkBounds) {
    this.#bounds = bounds
  }

  /**
   * @param key - Whose work it is; undefined if that is not known.
   * @throws OverloadError when too much waits already.
   */
  async run<R>(key: string | undefined, work: () => Promise<R>): Promise<R> {
    const { atOnce, waiting, perKey } = this.#bounds
    const ofKey = key === undefined ? 0 : (this.#byKey.get(key) ?? 0)
    if (this.#waiting.length >= waiting || ofKey >= perKey) {
      throw new OverloadError('Too much work of this kind is under way.', 2)
    }
    if (key !== undefined) this.#byKey.set(key, ofKey + 1)
    try {
      if (this.#running >= atOnce) await new Promise<void>((start) => this.#waiting.push(start))
      else this.#running++
      return await work()
    } finally {
      if (key !== undefined) this.#leave(key)
      const next = this.#waiting.shift()
      // The next job takes the place of the one that ended.
      if (next) next()
      else this.#running--
    }
  }

  #leave(key: string): void {
    const left = (this.#byKey.get(key) ?? 1) - 1
    if (left === 0) this.#byKey.delete(key)
    else this.#byKey.set(key, left)
  }
}
