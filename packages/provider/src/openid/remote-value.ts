/** How long a value is valid. */
export interface RemoteTimes {
  /** Afterwards it is read again. */
  readonly freshSeconds: number
  /** How long it is valid if it cannot be read again. */
  readonly keptSeconds: number
  /** How long after a failure nothing is read again. */
  readonly retrySeconds: number
  /** `renewed` reads at most this often. */
  readonly renewalSeconds: number
}

/** A value that another server publishes, read at the first use, once for all callers, and cached. */
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

  /** The value, or an earlier one if it cannot be read. @throws The error of the read, if there is none. */
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
   * The value, read again unless that was just done, for a caller that misses something in it.
   *
   * @throws The error of the read: an earlier value does not help the caller.
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

/** From a monotonic clock. */
function seconds(): number {
  return performance.now() / 1000
}

function ageOf({ at }: { readonly at: number }): number {
  return seconds() - at
}
