import { setImmediate } from 'node:timers/promises'
import { sweepExpired } from 'countersign/kysely'
import type { Logger } from 'pino'
import { suspendTokens } from './accounts/suspension.ts'
import { sweepUsage } from './clients/client-usage.ts'
import { sweepSignings } from './clients/signings.ts'
import type { Database } from './database/schema.ts'
import { sweepTable } from './database/sweep.ts'

const intervalMilliseconds = 60_000
/** Rows that are removed at once; requests are served between two such pieces. */
const pieceLength = 1_000

/**
 * Removes what has expired, every minute: nonces, temporary credentials, sessions, decisions, flashes, invitations, recent
 * requests, audit events.
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
  return Object.values(await sweepPiece(db)).includes(pieceLength)
}

/** How many rows were removed, by what they are. */
export type Swept = Readonly<Record<string, number>>

/** The whole upkeep once, for an operator who runs it by hand or by cron. */
export async function sweepAll(db: Database): Promise<Swept> {
  const swept: Record<string, number> = {}
  for (let mayBeMore = true; mayBeMore; ) {
    const piece = Object.entries(await sweepPiece(db))
    for (const [table, removed] of piece) swept[table] = (swept[table] ?? 0) + removed
    mayBeMore = piece.some(([, removed]) => removed === pieceLength)
  }
  return swept
}

async function sweepPiece(db: Database): Promise<Swept> {
  await suspendTokens(db)
  return {
    'nonces and credentials': await sweepExpired(db, { limit: pieceLength, tokens: true }),
    sessions: await sweepTable(db, 'session', pieceLength),
    decisions: await sweepTable(db, 'decision', pieceLength),
    flashes: await sweepTable(db, 'flash', pieceLength),
    'recent requests': await sweepTable(db, 'recent_request', pieceLength),
    'audit events': await sweepTable(db, 'audit_event', pieceLength),
    'days of usage': await sweepUsage(db, pieceLength),
    'ways of signing': await sweepSignings(db, pieceLength),
    invitations: await sweepTable(db, 'invitation', pieceLength),
  }
}
