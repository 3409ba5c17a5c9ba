import { isSqlite } from './dialect.ts'
import type { Database } from './schema.ts'

/** A user's row, locked until the transaction ends; undefined if there is none. */
export async function lockedUser(
  transaction: Database,
  id: number,
): Promise<{ readonly passwordHash: string } | undefined> {
  await lockWriter(transaction)
  const user = transaction.selectFrom('user').select('password_hash').where('id', '=', id)
  const row = await (isSqlite(transaction) ? user : user.forUpdate()).executeTakeFirst()
  return row && { passwordHash: row.password_hash }
}

/** On SQLite, takes the write lock before anything is read, with a write that changes no row. */
export async function lockWriter(transaction: Database): Promise<void> {
  if (!isSqlite(transaction)) return
  await transaction.updateTable('user').set({ role: 'user' }).where('id', '=', -1).execute()
}

export type UserStanding = 'active' | 'suspended' | 'unknown'

/** Whether the user exists, and is not suspended. */
export async function userStanding(db: Database, userId: number): Promise<UserStanding> {
  const row = await db.selectFrom('user').select('suspended_at').where('id', '=', userId).executeTakeFirst()
  if (row === undefined) return 'unknown'
  return row.suspended_at === null ? 'active' : 'suspended'
}

/** Whether a user is suspended. */
export async function isSuspended(db: Database, userId: number): Promise<boolean> {
  return (await userStanding(db, userId)) === 'suspended'
}
