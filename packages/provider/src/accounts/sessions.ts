import type { Database } from '../database/schema.ts'
import { nowSeconds, sha256 } from '../random.ts'

/** Thirty days after signing in, one signs in again. */
export const sessionLifetimeSeconds = 30 * 24 * 3600

/** Who is signed in. */
export interface SessionUser {
  readonly id: number
  readonly name: string
}

/** Remembers a signed-in visitor: the database holds only the token's hash, so that its reader cannot take a session over. */
export async function openSession(db: Database, token: string, userId: number): Promise<void> {
  const expiresAt = nowSeconds() + sessionLifetimeSeconds
  await db
    .insertInto('session')
    .values({ token_hash: sha256(token), user_id: userId, expires_at: expiresAt })
    .execute()
  const surplus = await db
    .selectFrom('session')
    .select('token_hash')
    .where('user_id', '=', userId)
    .orderBy('expires_at', 'desc')
    .orderBy('token_hash')
    .limit(maxEnded)
    .offset(maxSessions)
    .execute()
  if (surplus.length === 0) return
  const ended = surplus.map(({ token_hash }) => token_hash)
  await db.deleteFrom('session').where('token_hash', 'in', ended).execute()
}

/** Sessions of one user; the oldest end first. */
const maxSessions = 100
/** How many end at once: SQLite and MySQL have no `offset` without a `limit`. */
const maxEnded = 1_000

export async function sessionUser(db: Database, token: string): Promise<SessionUser | undefined> {
  return db
    .selectFrom('session')
    .innerJoin('user', 'user.id', 'session.user_id')
    .select(['user.id', 'user.name'])
    .where('session.token_hash', '=', sha256(token))
    .where('session.expires_at', '>', nowSeconds())
    .executeTakeFirst()
}

export async function closeSession(db: Database, token: string): Promise<void> {
  await db.deleteFrom('session').where('token_hash', '=', sha256(token)).execute()
}
