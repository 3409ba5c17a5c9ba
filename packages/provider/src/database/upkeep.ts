import { sweepExpired } from 'countersign/kysely'
import type { Logger } from 'pino'
import type { Database } from './schema.ts'
import { sweepSessions } from './sessions.ts'

const intervalMilliseconds = 60_000

/**
 * Removes what has expired, a bounded piece every minute: nonces, temporary credentials, sessions.
 * Answers the function that ends it.
 */
export function startUpkeep(db: Database, log: Logger): () => void {
  const timer = setInterval(() => {
    sweep(db).catch((err) => log.error({ err }, 'upkeep failed'))
  }, intervalMilliseconds)
  timer.unref()
  return () => clearInterval(timer)
}

/** One piece of the upkeep. */
export async function sweep(db: Database): Promise<void> {
  await sweepExpired(db)
  await sweepSessions(db)
}
