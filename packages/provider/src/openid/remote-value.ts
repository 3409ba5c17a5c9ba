/** How long a value counts. */
export interface RemoteTimes {
  /** Afterwards it is read again. */
  readonly freshSeconds: number
  /** How long it counts where it cannot be read again. */
  readonly keptSeconds: number
  /** For this long after a failure nothing is read again: the failure persists. */
  readonly retrySeconds: number
  /** `renewed` reads at most this often. */
  readonly renewalSeconds: number
}

/** What another server says of itself: read at the first use, once for all who wait, and remembered. */
export class RemoteValue<T> {
  readonly #read: () => Promise<T>
  readonly #times: RemoteTimes
  #found: { readonly value: T; readonly at: number } | undefined
  #failure: { readonly error: unknown; readonly at: number } | undefined
  #reading: Promise<T> | undefined

  constructor(read: () => Promise<T>, times: RemoteTimes) {
    this.#read = read
    this.#times = times
  }

  /** The value; where it cannot be read, one from before. @throws What the read threw, where there is none. */
  async get(): Promise<T> {
    const found = this.#found
    if (found !== undefined && ageOf(found) < this.#times.freshSeconds) return found.value
    try {
      return await this.#again()
    } catch (error) {
      if (found !== undefined && ageOf(found) < this.#times.keptSeconds) return found.value
      throw error
    }
  }

  /**
   * The value, for one who misses something in it: it is read again unless that was just done.
   *
   * @throws What the read threw: one from before does not have it either.
   */
  async renewed(): Promise<T> {
    const found = this.#found
    if (found !== undefined && ageOf(found) < this.#times.renewalSeconds) return found.value
    return this.#again()
  }

  async #again(): Promise<T> {
    const failure = this.#failure
    if (failure !== undefined && ageOf(failure) < this.#times.retrySeconds) throw failure.error
    this.#reading ??= this.#noted().finally(() => {
      this.#reading = undefined
    })
    return this.#reading
  }

  async #noted(): Promise<T> {
    try {
      const value = await this.#read()
      this.#found = { value, at: seconds() }
      this.#failure = undefined
      return value
    } catch (error) {
      this.#failure = { error, at: seconds() }
      throw error
    }
  }
}

/** Of a clock that no one sets. */
function seconds(): number {
  return performance.now() / 1000
}

function ageOf({ at }: { readonly at: number }): number {
  return seconds() - at
}
