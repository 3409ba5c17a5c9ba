import { setImmediate } from 'node:timers/promises'
import { sweepExpired } from 'countersign/kysely'
import type { Logger } from 'pino'
import type { Database } from './database/schema.ts'
import { sweepTable } from './database/sweep.ts'

const intervalMilliseconds = 60_000
/** Rows that are removed at once; requests are served between two such pieces. */
const pieceLength = 1_000

/**
 * Removes what has expired, every minute: nonces, temporary credentials, sessions, decisions, flashes, recent requests.
 * Returns the function that ends it, once the piece under way is done: the database may be closed after that.
 */
export function startUpkeep(db: Database, log: Logger): () => Promise<void> {
  let running: Promise<void> | undefined
  let ended = false
  const run = async () => {
    try {
      while (!ended && (await sweep(db))) await setImmediate()
    } catch (err) {
      log.error({ err }, 'upkeep failed')
    } finally {
      running = undefined
    }
  }
  const timer = setInterval(() => {
    running ??= run()
  }, intervalMilliseconds)
  timer.unref()
  return async () => {
    ended = true
    clearInterval(timer)
    await running
  }
}

/** One piece of the upkeep. Returns whether there may be more to remove. */
export async function sweep(db: Database): Promise<boolean> {
  const removed = [
    await sweepExpired(db, { limit: pieceLength, tokens: true }),
    await sweepTable(db, 'session', pieceLength),
    await sweepTable(db, 'decision', pieceLength),
    await sweepTable(db, 'flash', pieceLength),
    await sweepTable(db, 'recent_request', pieceLength),
  ]
  return removed.includes(pieceLength)
}
