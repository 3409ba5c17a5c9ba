import type { Database } from '../database/schema.ts'
import { lockedUser } from '../database/user-row.ts'
import { nowSeconds, sha256 } from '../random.ts'

/** Who is signed in. */
export interface SessionUser {
  readonly id: number
  readonly name: string
  readonly isAdmin: boolean
}

/** How a session is opened. */
export interface NewSession {
  /** Afterwards one signs in again. Default 30 days. */
  readonly lifetimeSeconds?: number | undefined
  /** The names of the browser and the system, as lists show them. */
  readonly browser?: string | undefined
  /** The stored hash that the user's password was checked against. */
  readonly passwordHash?: string | undefined
}

const usualLifetimeSeconds = 30 * 24 * 3600

/**
 * Remembers a signed-in visitor: the database holds only the token's hash, so that its reader cannot take a session over.
 *
 * @returns False where the password has changed since it was checked; no session is opened then.
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
    // A change of password waits for this, or is waited for: it ends the sessions that it finds.
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

/** Sessions of one user; the oldest end first. */
const maxSessions = 100
/** How many end at once: SQLite and MySQL have no `offset` without a `limit`. */
const maxEnded = 1_000

/** The user of a session that has not ended; none whose account is suspended. */
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
    // No page fails for it: it is written again with the next one.
    await seen.execute().catch(() => {})
  }
  return { id, name, isAdmin: role === 'admin' }
}

/** One write an hour tells well enough when a session was last used. */
const seenSeconds = 3600

export async function closeSession(db: Database, token: string): Promise<void> {
  await db.deleteFrom('session').where('token_hash', '=', sha256(token)).execute()
}
