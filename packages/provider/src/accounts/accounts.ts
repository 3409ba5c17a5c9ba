import { insertOnce } from '../database/once.ts'
import type { Database } from '../database/schema.ts'
import { inputFault } from '../input-fault.ts'
import { nowSeconds } from '../random.ts'
import { spendInvitation } from './invitations.ts'
import { checkPassword, hashPassword, passwordLength } from './password.ts'

/** A user as lists show it. */
export interface Account {
  readonly id: number
  readonly name: string
  /** Seconds since 1970. */
  readonly createdAt: number
}

/** The canonical form of a user name, which ignores case. */
export function normalizeName(name: string): string {
  return name.trim().toLowerCase()
}

/** Whether a name, in its canonical form, can be a user name. */
export function isUserName(normalized: string): boolean {
  return /^[a-z0-9][a-z0-9._@+-]{1,63}$/.test(normalized)
}

/**
 * Adds a user.
 *
 * @param invitation - The code to use up, if registration requires one.
 * @throws InputError when the name or password is not acceptable, or the invitation is not valid.
 */
export async function createAccount(
  db: Database,
  name: string,
  password: string,
  invitation?: string,
): Promise<Account> {
  const normalized = normalizeName(name)
  if (!isUserName(normalized)) {
    throw inputFault('name', 'userName')
  }
  checkNewPassword(password)
  const password_hash = await hashPassword(password)
  const row = { name: normalized, password_hash, created_at: nowSeconds() }
  const insert = (to: Database) => to.insertInto('user').values(row).execute()
  // All or nothing: a taken name uses up no invitation, and an invitation creates only one account.
  const invited = async (to: Database, code: string) => {
    await spendInvitation(to, code)
    await insert(to)
  }
  const work = () =>
    invitation === undefined ? insert(db) : db.transaction().execute((to) => invited(to, invitation))
  const isNew = await insertOnce({ execute: work }, () => findAccount(db, normalized))
  if (!isNew) throw inputFault('name', 'userNameTaken')
  return (await findAccount(db, normalized)) as Account
}

/**
 * Adds a user without a password, who signs in elsewhere or gets a password later.
 *
 * @throws InputError when the name is not acceptable.
 */
export async function createPasswordlessAccount(db: Database, name: string): Promise<Account> {
  const normalized = normalizeName(name)
  if (!isUserName(normalized)) throw inputFault('name', 'userName')
  const row = { name: normalized, password_hash: '', created_at: nowSeconds() }
  const isNew = await insertOnce(db.insertInto('user').values(row), () => findAccount(db, normalized))
  if (!isNew) throw inputFault('name', 'userNameTaken')
  return (await findAccount(db, normalized)) as Account
}

function checkNewPassword(password: string, field = 'password'): void {
  const { min, max } = passwordLength
  if (password.length < min) throw inputFault(field, 'passwordShort', { min })
  if (password.length > max) throw inputFault(field, 'passwordLong', { max })
}

/** A user who entered the right password, and the stored hash that it was checked against. */
export interface AuthenticatedAccount {
  readonly id: number
  readonly isSuspended: boolean
  readonly passwordHash: string
}

/** The user with this name and password, or undefined; an unknown name takes the same work. */
export async function authenticateAccount(
  db: Database,
  name: string,
  password: string,
): Promise<AuthenticatedAccount | undefined> {
  const row = await db
    .selectFrom('user')
    .select(['id', 'password_hash', 'suspended_at'])
    .where('name', '=', normalizeName(name))
    .executeTakeFirst()
  const given = password.slice(0, passwordLength.max + 1)
  // An account that only signs in elsewhere has none.
  const isRight = await checkPassword(row?.password_hash || undefined, given)
  if (!isRight || row === undefined) return undefined
  return { id: row.id, isSuspended: row.suspended_at !== null, passwordHash: row.password_hash }
}

/** The stored hash of a user's password: a key that changes with it. Undefined if there is none. */
export async function passwordHash(db: Database, name: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('user')
    .select('password_hash')
    .where('name', '=', normalizeName(name))
    .executeTakeFirst()
  return row?.password_hash || undefined
}

/**
 * Gives a user a new password and ends the user's sessions.
 *
 * @param field - What the caller's form calls the password.
 * @throws InputError when there is no such user, or the password is not acceptable.
 */
export async function changePassword(
  db: Database,
  name: string,
  password: string,
  field?: string,
): Promise<Account> {
  checkNewPassword(password, field)
  const account = await findAccount(db, name)
  if (account === undefined) throw inputFault('name', 'userUnknown', { name })
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
