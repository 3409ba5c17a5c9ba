import { setTimeout as pause } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Database } from '../database/schema.ts'
import { currentRequest } from '../requests/request-context.ts'
import { type AuditActor, currentActor } from './actor.ts'
import type { AuditEvent, NewAuditEvent } from './audit-event.ts'
import { auditRows, insertRows } from './audit-rows.ts'
import { WaitingEvents } from './waiting-events.ts'

const delayMilliseconds = 1_000
const patienceMilliseconds = 500
const secondsOfDay = 24 * 3600

/** Writes the audit log. Deliberate acts are written at once; frequent events wait a second, and are bounded. */
export class AuditLog {
  readonly #db: Database
  readonly #log: Logger
  readonly #keptSeconds: number
  #waiting = new WaitingEvents()
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> = Promise.resolve()
  #isClosed = false

  /** @param days - How long to keep an entry. */
  constructor(db: Database, log: Logger, days: number) {
    this.#db = db
    this.#log = log
    this.#keptSeconds = days * secondsOfDay
  }

  /** Writes an entry at once. A failure is logged, not thrown. */
  write(event: NewAuditEvent): Promise<void> {
    const written = this.#store([this.#told(event)])
    // Closing waits for it.
    this.#writing = Promise.all([this.#writing, written]).then(() => undefined)
    return written
  }

  /**
   * Records a frequent event. Equal events within a second become one entry; beyond an hourly limit they are only
   * counted.
   */
  note(event: NewAuditEvent): void {
    if (this.#isClosed) return
    this.#waiting.add(this.#told(event))
    this.#timer ??= setTimeout(() => void this.flush(), delayMilliseconds).unref()
  }

  /** Writes waiting events. */
  flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#writing = this.#writing.then(() => this.#store(this.#waiting.take()))
    return this.#writing
  }

  /**
   * Writes waiting events for a page that shows them; if the database is locked, it waits no longer than a reader does.
   */
  async settle(): Promise<void> {
    await Promise.race([this.flush(), pause(patienceMilliseconds, undefined, { ref: false })])
  }

  /** Writes waiting events, including the counts, and accepts no more. */
  close(): Promise<void> {
    this.#isClosed = true
    this.#waiting.end()
    return this.flush()
  }

  /** The process log has a line for each as well, without names and details, which users choose. */
  #told(given: NewAuditEvent): AuditEvent {
    const event = happening(given)
    const { action, actor, subject, network, requestId } = event
    const line = { action, actor: [actor.kind, actor.id], subject: subject && [subject.kind, subject.id] }
    this.#log.info({ requestId, ...line, network }, 'audit')
    return event
  }

  async #store(events: readonly AuditEvent[]): Promise<void> {
    if (events.length === 0) return
    try {
      await insertRows(this.#db, await auditRows(this.#db, events, this.#keptSeconds))
    } catch (err) {
      const actions = [...new Set(events.map(({ action }) => action))]
      this.#log.error({ err, events: events.length, actions }, 'audit events were not written')
    }
  }
}

/** Completes the event with its time and origin. */
function happening(event: NewAuditEvent): AuditEvent {
  const request = currentRequest()
  const unknown: AuditActor = { kind: request === undefined ? 'system' : 'visitor' }
  return {
    ...event,
    actor: event.actor ?? currentActor() ?? unknown,
    atMilliseconds: Date.now(),
    network: request?.network,
    requestId: request?.requestId,
  }
}
