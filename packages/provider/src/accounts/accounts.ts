import { insertOnce } from '../database/once.ts'
import type { Database } from '../database/schema.ts'
import { InputError } from '../input-error.ts'
import { nowSeconds } from '../random.ts'
import { checkPassword, hashPassword, passwordLength } from './password.ts'

/** A user as lists show it. */
export interface Account {
  readonly id: number
  readonly name: string
  /** Seconds since 1970. */
  readonly createdAt: number
}

/** The one spelling of a user name: case does not tell users apart. */
export function normalizeName(name: string): string {
  return name.trim().toLowerCase()
}

/**
 * Adds a user.
 *
 * @throws InputError when name or password cannot be taken.
 */
export async function createAccount(db: Database, name: string, password: string): Promise<Account> {
  const normalized = normalizeName(name)
  if (!/^[a-z0-9][a-z0-9._@+-]{1,63}$/.test(normalized)) {
    throw new InputError(
      'name',
      'Use 2 to 64 characters: letters, digits and . _ - @ +, beginning with a letter or digit.',
    )
  }
  checkNewPassword(password)
  const password_hash = await hashPassword(password)
  const insert = db.insertInto('user').values({ name: normalized, password_hash, created_at: nowSeconds() })
  const isNew = await insertOnce(insert, () => findAccount(db, normalized))
  if (!isNew) throw new InputError('name', 'This user name is taken. Choose another.')
  return (await findAccount(db, normalized)) as Account
}

function checkNewPassword(password: string): void {
  const { min, max } = passwordLength
  if (password.length < min) throw new InputError('password', `Use at least ${min} characters.`)
  if (password.length > max) throw new InputError('password', `Use at most ${max} characters.`)
}

/** The user with this password, or undefined; the same work is done for an unknown name. */
export async function authenticateAccount(
  db: Database,
  name: string,
  password: string,
): Promise<{ readonly id: number } | undefined> {
  const row = await db
    .selectFrom('user')
    .select(['id', 'password_hash'])
    .where('name', '=', normalizeName(name))
    .executeTakeFirst()
  const given = password.slice(0, passwordLength.max + 1)
  return (await checkPassword(row?.password_hash, given)) && row ? { id: row.id } : undefined
}

/** The stored hash of a user's password: a key that changes with it. */
export async function passwordHash(db: Database, name: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('user')
    .select('password_hash')
    .where('name', '=', normalizeName(name))
    .executeTakeFirst()
  return row?.password_hash
}

/**
 * Gives a user a new password and ends the user's sessions.
 *
 * @throws InputError when there is no such user, or the password cannot be taken.
 */
export async function changePassword(db: Database, name: string, password: string): Promise<Account> {
  checkNewPassword(password)
  const account = await findAccount(db, name)
  if (account === undefined) throw new InputError('name', `There is no user ${name}.`)
  const password_hash = await hashPassword(password)
  await db.transaction().execute(async (transaction) => {
    await transaction.updateTable('user').set({ password_hash }).where('id', '=', account.id).execute()
    await transaction.deleteFrom('session').where('user_id', '=', account.id).execute()
  })
  return account
}

export async function findAccount(db: Database, name: string): Promise<Account | undefined> {
  const row = await db
    .selectFrom('user')
    .select(['id', 'name', 'created_at'])
    .where('name', '=', normalizeName(name))
    .executeTakeFirst()
  return row && { id: row.id, name: row.name, createdAt: Number(row.created_at) }
}

export async function accountById(db: Database, id: number): Promise<Account | undefined> {
  const row = await db
    .selectFrom('user')
    .select(['id', 'name', 'created_at'])
    .where('id', '=', id)
    .executeTakeFirst()
  return row && { id: row.id, name: row.name, createdAt: Number(row.created_at) }
}

export async function listAccounts(db: Database): Promise<Account[]> {
  const rows = await db.selectFrom('user').select(['id', 'name', 'created_at']).orderBy('id').execute()
  return rows.map(({ id, name, created_at }) => ({ id, name, createdAt: Number(created_at) }))
}
