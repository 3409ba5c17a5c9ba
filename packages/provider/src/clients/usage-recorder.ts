import { setTimeout as pause } from 'node:timers/promises'
import type { OAuth1Event } from 'countersign'
import type { Logger } from 'pino'
import { insertOnce } from '../database/once.ts'
import type { Database } from '../database/schema.ts'
import { nowSeconds } from '../random.ts'
import { dayOf, type UsageKey } from './client-usage.ts'
import { findClient } from './clients.ts'
import { noteSigning } from './signings.ts'

const delayMilliseconds = 5_000
const patienceMilliseconds = 500
/**
 * The most counts in memory, for all clients, methods and places together: while the database is down, others are lost.
 */
const mostWaiting = 10_000

interface Usage extends UsageKey {
  accepted: number
  refused: number
  lastAt: number
}

/**
 * Counts the requests of every client by day, method and place, from the servers' events. No request waits for it: each
 * process adds its own counts to the database together, a few seconds later.
 */
export class UsageRecorder {
  readonly #db: Database
  readonly #log: Logger
  #waiting = new Map<string, Usage>()
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> = Promise.resolve()
  #isClosed = false

  constructor(db: Database, log: Logger) {
    this.#db = db
    this.#log = log
  }

  /** Counts a request to a protected resource, or a refusal anywhere. */
  record(event: OAuth1Event): void {
    if (this.#isClosed || (event.type !== 'accepted' && event.type !== 'refused')) return
    const clientId = event.clientId ?? (event.type === 'refused' ? event.claimedClientId : undefined)
    if (clientId === undefined) return
    const { signatureMethod = '', place = '' } = event
    const lastAt = nowSeconds()
    const counts = event.type === 'accepted' ? { accepted: 1, refused: 0 } : { accepted: 0, refused: 1 }
    this.#add({ clientId, day: dayOf(lastAt), signatureMethod, place, ...counts, lastAt })
    this.#timer ??= setTimeout(() => void this.flush(), delayMilliseconds).unref()
  }

  /** Writes waiting counts. A failure is logged; the counts are kept for the next time. */
  flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#writing = this.#writing.then(() => this.#write())
    return this.#writing
  }

  /**
   * Writes waiting counts for a page that shows them; if the database is locked, it waits no longer than a reader does.
   */
  async settle(): Promise<void> {
    await Promise.race([this.flush(), pause(patienceMilliseconds, undefined, { ref: false })])
  }

  /** Writes waiting counts, and stops counting. */
  close(): Promise<void> {
    this.#isClosed = true
    return this.flush()
  }

  #add(usage: Usage): void {
    const key = JSON.stringify([usage.clientId, usage.day, usage.signatureMethod, usage.place])
    const known = this.#waiting.get(key)
    if (known !== undefined) {
      known.accepted += usage.accepted
      known.refused += usage.refused
      known.lastAt = Math.max(known.lastAt, usage.lastAt)
    } else if (this.#waiting.size < mostWaiting) this.#waiting.set(key, { ...usage })
  }

  async #write(): Promise<void> {
    const usages = [...this.#waiting.values()]
    this.#waiting = new Map()
    for (const [at, usage] of usages.entries()) {
      try {
        await addUsage(this.#db, usage)
      } catch (err) {
        this.#log.error({ err, counts: usages.length - at }, 'the usage of clients was not written')
        for (const unwritten of usages.slice(at)) this.#add(unwritten)
        if (!this.#isClosed) this.#timer ??= setTimeout(() => void this.flush(), delayMilliseconds).unref()
        return
      }
    }
  }
}

/** Adds to a row that other processes add to as well. A client that was deleted meanwhile needs no row. */
async function addUsage(db: Database, usage: Usage): Promise<void> {
  await noteSigning(db, usage)
  if (await increase(db, usage)) return
  const { clientId, day, signatureMethod, place, accepted, refused, lastAt } = usage
  const key = { client_id: clientId, day, signature_method: signatureMethod, place }
  const insert = db.insertInto('client_usage').values({ ...key, accepted, refused, last_at: lastAt })
  await insertOnce(insert, async () => (await increase(db, usage)) || !(await findClient(db, clientId)))
}

/** Returns whether there was a row. */
async function increase(
  db: Database,
  { clientId, day, signatureMethod, place, accepted, refused, lastAt }: Usage,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('client_usage')
    .set((eb) => ({
      accepted: eb('accepted', '+', accepted),
      refused: eb('refused', '+', refused),
      last_at: eb.case().when('last_at', '<', lastAt).then(lastAt).else(eb.ref('last_at')).end(),
    }))
    .where('client_id', '=', clientId)
    .where('day', '=', day)
    .where('signature_method', '=', signatureMethod)
    .where('place', '=', place)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}
