import type { AuditAction } from './audit-actions.ts'
import type { AuditEvent } from './audit-event.ts'

/** How many different events may wait to be written. */
const mostWaiting = 1_000
/**
 * Entries for one action per hour. Strangers can cause any number of refused sign-ins, and clients any number of
 * tokens.
 */
const hourlyLimits: Partial<Record<AuditAction, number>> = { 'user.sign-in-refused': 500 }
const hourlyLimit = 10_000
const hourMilliseconds = 3_600_000
/** How often the number of events beyond the limits is written. */
const countMilliseconds = 60_000

/** Events that wait to be written, with equal ones merged; events beyond the bounds are only counted. */
export class WaitingEvents {
  #events = new Map<string, { readonly event: AuditEvent; count: number }>()
  readonly #hours = new Map<AuditAction, { readonly startedAt: number; lines: number }>()
  readonly #omitted = new Map<AuditAction, number>()
  #countedAt = 0
  #isEnded = false

  add(event: AuditEvent): void {
    const { action, actor, subject, details, network } = event
    const key = JSON.stringify([action, actor, subject, details, network])
    const known = this.#events.get(key)
    if (known !== undefined) known.count++
    else if (this.#events.size < mostWaiting && this.#hasRoom(event))
      this.#events.set(key, { event, count: 1 })
    else this.#omitted.set(action, (this.#omitted.get(action) ?? 0) + 1)
  }

  /** From now on the counts are not held back. */
  end(): void {
    this.#isEnded = true
  }

  /** Takes all waiting events. */
  take(): AuditEvent[] {
    const events = [...this.#events.values()].map(({ event, count }) =>
      count === 1 ? event : { ...event, requestId: undefined, details: { ...event.details, count } },
    )
    this.#events = new Map()
    return [...events, ...this.#counts()]
  }

  #hasRoom({ action, atMilliseconds }: AuditEvent): boolean {
    let hour = this.#hours.get(action)
    if (hour === undefined || atMilliseconds - hour.startedAt >= hourMilliseconds) {
      hour = { startedAt: atMilliseconds, lines: 0 }
      this.#hours.set(action, hour)
    }
    return ++hour.lines <= (hourlyLimits[action] ?? hourlyLimit)
  }

  /** An entry for each action with events that were not written. */
  #counts(): AuditEvent[] {
    const now = Date.now()
    if (this.#omitted.size === 0 || (!this.#isEnded && now - this.#countedAt < countMilliseconds)) return []
    this.#countedAt = now
    const counts = [...this.#omitted].map(
      ([action, omitted]): AuditEvent => ({
        action,
        actor: { kind: 'system' },
        details: { omitted },
        atMilliseconds: now,
        network: undefined,
        requestId: undefined,
      }),
    )
    this.#omitted.clear()
    return counts
  }
}
