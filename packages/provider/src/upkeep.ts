import { sweepExpired } from 'countersign/kysely'
import type { Logger } from 'pino'
import { suspendTokens } from './accounts/suspension.ts'
import { areGrantsOverdue, sweepGrants } from './bridge/spent-grants.ts'
import { sweepUsage } from './clients/client-usage.ts'
import { sweepSignings } from './clients/signings.ts'
import type { Database } from './database/schema.ts'
import { sweepTable } from './database/sweep.ts'
import { repeatedWork } from './repeated-work.ts'

const intervalMilliseconds = 60_000
/** Rows that are removed in one batch; requests are served between two batches. */
const pieceLength = 1_000

/**
 * Removes expired data every minute: nonces, temporary credentials, sessions, decisions, flashes, invitations, recent
 * requests, audit events, grants of tokens that no longer exist. Returns a function that stops it once the current
 * batch is done: after that, the database may be closed.
 */
export function startUpkeep(db: Database, log: Logger): () => Promise<void> {
  // Kept across batches: each continues where the previous one ended.
  let place = ''
  const piece = async () => {
    if (await sweep(db)) return true
    place = (await sweepGrants(db, place, pieceLength)).next ?? ''
    if (await areGrantsOverdue(db))
      log.warn(
        'OAuth 2 grants of revoked tokens are still valid: the OAuth 2 server must run startGrantUpkeep',
      )
    return false
  }
  return repeatedWork(intervalMilliseconds, piece, (err) => log.error({ err }, 'upkeep failed'))
}

/** One batch of the upkeep. Returns whether there may be more to remove. */
export async function sweep(db: Database): Promise<boolean> {
  return Object.values(await sweepPiece(db)).includes(pieceLength)
}

/** How many rows were removed, by kind. */
export type Swept = Readonly<Record<string, number>>

/** Runs the whole upkeep once, for an operator who starts it by hand or with cron. */
export async function sweepAll(db: Database): Promise<Swept> {
  const swept: Record<string, number> = {}
  for (let mayBeMore = true; mayBeMore; ) {
    const piece = Object.entries(await sweepPiece(db))
    for (const [table, removed] of piece) swept[table] = (swept[table] ?? 0) + removed
    mayBeMore = piece.some(([, removed]) => removed === pieceLength)
  }
  for (let place: string | undefined = ''; place !== undefined; ) {
    const { removed, next } = await sweepGrants(db, place, pieceLength)
    swept[exchangedTokens] = (swept[exchangedTokens] ?? 0) + removed
    place = next
  }
  return swept
}

const exchangedTokens = 'exchanged tokens'

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
    [exchangedTokens]: await sweepTable(db, 'oauth_token_grant', pieceLength),
    invitations: await sweepTable(db, 'invitation', pieceLength),
  }
}
