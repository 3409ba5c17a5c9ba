import type { Database } from '../database/schema.ts'
import { nowSeconds, sha256 } from '../random.ts'

/** A browser in which a user is signed in. */
export interface SignedInSession {
  /** Identifies the session, but does not open it. */
  readonly id: string
  /** When its user signed in, in seconds since 1970; null if that was not recorded yet. */
  readonly since: number | null
  /** To the hour. */
  readonly lastSeenAt: number | null
  /** The names of the browser and its operating system. */
  readonly browser: string | null
  /** The session of the current request. */
  readonly isCurrent: boolean
}

/** @param token - The cookie of the current session. It comes first, then the others by their last use. */
export async function listSessions(db: Database, userId: number, token: string): Promise<SignedInSession[]> {
  const rows = await db
    .selectFrom('session')
    .select(['token_hash', 'created_at', 'last_seen_at', 'browser'])
    .where('user_id', '=', userId)
    .where('expires_at', '>', nowSeconds())
    .execute()
  const current = sha256(token)
  return rows
    .map(({ token_hash, created_at, last_seen_at, browser }) => ({
      id: idOf(token_hash),
      since: created_at === null ? null : Number(created_at),
      lastSeenAt: last_seen_at === null ? null : Number(last_seen_at),
      browser,
      isCurrent: token_hash === current,
    }))
    .sort((left, right) => rankOf(right) - rankOf(left))
}

function rankOf({ isCurrent, lastSeenAt }: SignedInSession): number {
  return isCurrent ? Number.POSITIVE_INFINITY : (lastSeenAt ?? 0)
}

/** The database key of a session stays in the database. */
function idOf(tokenHash: string): string {
  return sha256(`session ${tokenHash}`)
}

/** Ends one session of a user. Returns whether it existed. */
export async function endSession(db: Database, userId: number, id: string): Promise<boolean> {
  const rows = await db.selectFrom('session').select('token_hash').where('user_id', '=', userId).execute()
  const row = rows.find(({ token_hash }) => idOf(token_hash) === id)
  if (row === undefined) return false
  const { numDeletedRows } = await db
    .deleteFrom('session')
    .where('token_hash', '=', row.token_hash)
    .executeTakeFirst()
  return numDeletedRows === 1n
}

/** Signs a user out everywhere. Returns how many sessions there were. */
export async function endSessions(db: Database, userId: number): Promise<number> {
  const { numDeletedRows } = await db.deleteFrom('session').where('user_id', '=', userId).executeTakeFirst()
  return Number(numDeletedRows)
}

/** Seconds since the visitor proved who they are; undefined if that is not known. */
export async function secondsSinceSignIn(db: Database, token: string): Promise<number | undefined> {
  const row = await db
    .selectFrom('session')
    .select('created_at')
    .where('token_hash', '=', sha256(token))
    .executeTakeFirst()
  return row?.created_at === null || row === undefined ? undefined : nowSeconds() - Number(row.created_at)
}
