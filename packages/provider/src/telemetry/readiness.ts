import type { Logger } from 'pino'

/** The state of one part. */
type PartState = 'ok' | 'failed' | 'late'

/** Whether this process can serve requests now, and the state of each part. */
export interface ReadinessReport {
  readonly ready: boolean
  readonly parts: Readonly<Record<string, PartState | 'stopping'>>
}

/** Resolves while a part is usable, and rejects otherwise. */
type PartCheck = () => Promise<unknown>

const patienceMilliseconds = 2_000

/**
 * Checks every part that a request needs. Each part is checked by one call at a time, however many callers ask, and no
 * caller waits longer than two seconds: a hanging database must not pile up checks.
 */
export class Readiness {
  readonly #checks: Readonly<Record<string, PartCheck>>
  readonly #log: Logger
  readonly #running = new Map<string, Promise<PartState>>()
  readonly #failed = new Set<string>()
  #isStopping = false

  constructor(checks: Readonly<Record<string, PartCheck>>, log: Logger) {
    this.#checks = checks
    this.#log = log
  }

  /** From now on this process is not ready: it finishes its work, and ends. */
  stop(): void {
    this.#isStopping = true
  }

  get isStopping(): boolean {
    return this.#isStopping
  }

  async report(): Promise<ReadinessReport> {
    const names = Object.keys(this.#checks)
    const states = await Promise.all(names.map((name) => this.#stateOf(name)))
    const parts = Object.fromEntries(names.map((name, index) => [name, states[index] as PartState]))
    const ready = !this.#isStopping && states.every((state) => state === 'ok')
    return { ready, parts: { ...parts, process: this.#isStopping ? 'stopping' : 'ok' } }
  }

  async #stateOf(name: string): Promise<PartState> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<PartState>((resolve) => {
      timer = setTimeout(() => resolve('late'), patienceMilliseconds)
    })
    const state = await Promise.race([this.#running.get(name) ?? this.#ask(name), late])
    clearTimeout(timer)
    this.#tell(name, state)
    return state
  }

  #ask(name: string): Promise<PartState> {
    const asked = (async (): Promise<PartState> => {
      try {
        await this.#checks[name]?.()
        return 'ok'
      } catch (err) {
        if (!this.#failed.has(name)) this.#log.error({ err, part: name }, 'a part of this process is failing')
        return 'failed'
      } finally {
        this.#running.delete(name)
      }
    })()
    this.#running.set(name, asked)
    return asked
  }

  /** Logged once when a failure begins and once when it ends: load balancers ask every second. */
  #tell(name: string, state: PartState): void {
    if (state === 'ok') {
      if (this.#failed.delete(name)) this.#log.info({ part: name }, 'ready again')
    } else if (!this.#failed.has(name)) {
      this.#failed.add(name)
      this.#log.warn({ part: name, state }, 'not ready')
    }
  }
}
