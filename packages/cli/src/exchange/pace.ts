import { setTimeout as wait } from 'node:timers/promises'

const firstWaitSeconds = 0.5
const longestWaitSeconds = 30

/** How long to wait before a try, in seconds: twice as long each time, with jitter. */
export function backoffSeconds(tries: number): number {
  const most = Math.min(firstWaitSeconds * 2 ** (tries - 1), longestWaitSeconds)
  return most / 2 + (Math.random() * most) / 2
}

/** The seconds of a Retry-After header (RFC 9110 §10.2.3): a number, or a date. Undefined for anything else. */
export function retryAfterSeconds(header: string | null, now = Date.now()): number | undefined {
  if (header === null) return undefined
  if (/^\s*\d{1,9}\s*$/.test(header)) return Number(header)
  const date = /^\s*[A-Za-z]{3,9},? /.test(header) ? Date.parse(header) : Number.NaN
  return Number.isNaN(date) ? undefined : Math.max((date - now) / 1000, 0)
}

/** Waits, or returns earlier when the run ends. */
export async function pause(seconds: number, signal: AbortSignal): Promise<void> {
  try {
    await wait(seconds * 1000, undefined, { signal })
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

/** Holds all workers back while the server wants no requests. */
export class Pace {
  readonly #signal: AbortSignal
  #until = 0

  constructor(signal: AbortSignal) {
    this.#signal = signal
  }

  /** Pauses all requests for this many seconds, or until the end of an earlier, longer pause. */
  pauseAll(seconds: number): void {
    this.#until = Math.max(this.#until, performance.now() + seconds * 1000)
  }

  /** Returns when a request may be sent, or when the run ends. */
  async ready(): Promise<void> {
    while (!this.#signal.aborted) {
      const left = this.#until - performance.now()
      if (left <= 0) return
      await pause(left / 1000, this.#signal)
    }
  }
}
