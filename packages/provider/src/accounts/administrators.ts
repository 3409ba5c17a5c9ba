import { isSqlite } from '../database/dialect.ts'
import type { Database } from '../database/schema.ts'
import { lockWriter } from '../database/user-row.ts'
import { inputFault } from '../input-fault.ts'

/** A user's role: an administrator manages all users, clients and tokens. */
export type Role = 'user' | 'admin'

/**
 * Changes a user's role.
 *
 * @returns Whether the role changed.
 * @throws InputError when there is no such user, or the user is the last active administrator.
 */
export async function setRole(db: Database, userId: number, role: Role): Promise<boolean> {
  if (role === 'user') return keepingAnAdministrator(db, userId, (one) => writeRole(one, userId, role))
  return writeRole(db, userId, role)
}

async function writeRole(db: Database, userId: number, role: Role): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('user')
    .set({ role })
    .where('id', '=', userId)
    .where('role', '!=', role)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

/**
 * Runs a change that ends a user's powers as an administrator, unless no other active administrator is left: two who
 * demote each other at the same time wait for each other here.
 *
 * @throws InputError when there is no such user, or the user is the last active administrator.
 */
export async function keepingAnAdministrator<R>(
  db: Database,
  userId: number,
  change: (transaction: Database) => Promise<R>,
): Promise<R> {
  const run = async (transaction: Database) => {
    const administrators = await lockedAdministrators(transaction)
    const user = await transaction.selectFrom('user').select('id').where('id', '=', userId).executeTakeFirst()
    if (user === undefined) throw inputFault('user', 'userGone')
    if (administrators.length === 1 && administrators[0] === userId) {
      throw inputFault('user', 'lastAdministrator')
    }
    return change(transaction)
  }
  return db.isTransaction ? run(db) : db.transaction().execute(run)
}

/** The active administrators, locked until the transaction ends. */
async function lockedAdministrators(transaction: Database): Promise<number[]> {
  const administrators = transaction
    .selectFrom('user')
    .select('id')
    .where('role', '=', 'admin')
    .where('suspended_at', 'is', null)
    // In a fixed order, so that two transactions cannot deadlock.
    .orderBy('id')
  await lockWriter(transaction)
  const rows = await (isSqlite(transaction) ? administrators : administrators.forUpdate()).execute()
  return rows.map(({ id }) => id)
}
