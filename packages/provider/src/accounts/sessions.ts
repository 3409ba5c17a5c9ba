import type { Database } from '../database/schema.ts'
import { lockedUser } from '../database/user-row.ts'
import { nowSeconds, sha256 } from '../random.ts'

/** Who is signed in. */
export interface SessionUser {
  readonly id: number
  readonly name: string
  readonly isAdmin: boolean
}

/** How to open a session. */
export interface NewSession {
  /** After that, the user must sign in again. Default 30 days. */
  readonly lifetimeSeconds?: number | undefined
  /** The names of the browser and its operating system, as lists show them. */
  readonly browser?: string | undefined
  /** The stored hash that the user's password was checked against. */
  readonly passwordHash?: string | undefined
}

const usualLifetimeSeconds = 30 * 24 * 3600

/**
 * Remembers a signed-in visitor. The database holds only the token's hash, so a reader of the database cannot take over
 * a session.
 *
 * @returns False if the password has changed since it was checked; then no session is opened.
 */
export async function openSession(
  db: Database,
  token: string,
  userId: number,
  { lifetimeSeconds = usualLifetimeSeconds, browser, passwordHash }: NewSession = {},
): Promise<boolean> {
  const now = nowSeconds()
  const row = {
    token_hash: sha256(token),
    user_id: userId,
    expires_at: now + lifetimeSeconds,
    created_at: now,
    last_seen_at: now,
    browser: browser?.slice(0, 60) ?? null,
  }
  const isOpen = await db.transaction().execute(async (transaction) => {
    // Serialized with a change of password, which ends the sessions that it finds.
    if (passwordHash !== undefined) {
      const user = await lockedUser(transaction, userId)
      if (user?.passwordHash !== passwordHash) return false
    }
    await transaction.insertInto('session').values(row).execute()
    return true
  })
  if (!isOpen) return false
  const surplus = await db
    .selectFrom('session')
    .select('token_hash')
    .where('user_id', '=', userId)
    .orderBy('expires_at', 'desc')
    .orderBy('token_hash')
    .limit(maxEnded)
    .offset(maxSessions)
    .execute()
  const ended = surplus.map(({ token_hash }) => token_hash)
  if (ended.length > 0) await db.deleteFrom('session').where('token_hash', 'in', ended).execute()
  return true
}

/** The most sessions of one user; the oldest end first. */
const maxSessions = 100
/** How many to end at once: SQLite and MySQL have no `offset` without a `limit`. */
const maxEnded = 1_000

/** The user of a session that has not ended, unless the account is suspended. */
export async function sessionUser(db: Database, token: string): Promise<SessionUser | undefined> {
  const token_hash = sha256(token)
  const now = nowSeconds()
  const row = await db
    .selectFrom('session')
    .innerJoin('user', 'user.id', 'session.user_id')
    .select(['user.id', 'user.name', 'user.role', 'session.last_seen_at'])
    .where('session.token_hash', '=', token_hash)
    .where('session.expires_at', '>', now)
    .where('user.suspended_at', 'is', null)
    .executeTakeFirst()
  if (row === undefined) return undefined
  const { id, name, role, last_seen_at } = row
  if (now - Number(last_seen_at ?? 0) >= seenSeconds) {
    const seen = db.updateTable('session').set({ last_seen_at: now }).where('token_hash', '=', token_hash)
    // A failure here fails no page: the next request writes it again.
    await seen.execute().catch(() => {})
  }
  return { id, name, isAdmin: role === 'admin' }
}

/** One write an hour is precise enough for a session's last use. */
const seenSeconds = 3600

export async function closeSession(db: Database, token: string): Promise<void> {
  await db.deleteFrom('session').where('token_hash', '=', sha256(token)).execute()
}
