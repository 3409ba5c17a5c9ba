import { OverloadError } from '../limits/overload-error.ts'

/** How many requests may wait for each connection. */
const waitingPerConnection = 4
/** When a refused client may try again. */
const retryAfterSeconds = 2

/** The limits of turns. */
export interface TurnSettings {
  /** How many may have a turn at once. */
  readonly atOnce: number
  /** The longest wait for a turn. */
  readonly longestMilliseconds: number
}

/** Turns at the connections to the upstream, first come, first served. */
export class Turns {
  readonly #settings: TurnSettings
  #taken = 0
  /** Each function gives the turn to a waiting request. */
  readonly #waiting = new Set<() => void>()

  constructor(settings: TurnSettings) {
    this.#settings = settings
  }

  /**
   * Waits for a turn, which must be ended with `end`.
   *
   * @param signal - Ends the wait.
   * @throws OverloadError when too many wait already, or the wait is too long; the signal's reason.
   */
  async begin(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    const { atOnce } = this.#settings
    if (this.#taken < atOnce) this.#taken++
    else if (this.#waiting.size < atOnce * waitingPerConnection) await this.#next(signal)
    else
      throw new OverloadError('Too many requests wait for a connection to the upstream.', retryAfterSeconds)
  }

  /** Ends a turn: the next one goes to the request that has waited longest. */
  end(): void {
    const [next] = this.#waiting
    if (next === undefined) this.#taken--
    else next()
  }

  #next(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const stop = () => {
        clearTimeout(timer)
        signal.removeEventListener('abort', leave)
        this.#waiting.delete(begin)
      }
      const begin = () => {
        stop()
        resolve()
      }
      const leave = () => {
        stop()
        reject(signal.reason)
      }
      const giveUp = () => {
        stop()
        reject(new OverloadError('No connection to the upstream became free in time.', retryAfterSeconds))
      }
      const timer = setTimeout(giveUp, this.#settings.longestMilliseconds)
      signal.addEventListener('abort', leave)
      this.#waiting.add(begin)
    })
  }
}
