import { insertOnce } from '../database/once.ts'
import type { Database } from '../database/schema.ts'
import { inputFault } from '../input-fault.ts'
import { nowSeconds, randomText, sha256 } from '../random.ts'
import { type Account, accountById, isUserName } from './accounts.ts'

/** Someone whom an identity provider vouches for. */
export interface Identity {
  readonly issuer: string
  /** The provider's identifier of this person, which is never reused. */
  readonly subject: string
}

/** An identity that opens an account. */
export interface LinkedIdentity extends Identity {
  /** Seconds since 1970. */
  readonly linkedAt: number
}

/** The user of an identity. */
export interface IdentityUser {
  readonly id: number
  readonly isSuspended: boolean
}

/** Covers both, so that the same subject at two providers is two identities. */
function keyOf({ issuer, subject }: Identity): string {
  return sha256(JSON.stringify([issuer, subject]))
}

export async function identityUser(db: Database, identity: Identity): Promise<IdentityUser | undefined> {
  const row = await db
    .selectFrom('identity')
    .innerJoin('user', 'user.id', 'identity.user_id')
    .select(['user.id', 'user.suspended_at'])
    .where('identity.key', '=', keyOf(identity))
    .executeTakeFirst()
  return row && { id: row.id, isSuspended: row.suspended_at !== null }
}

/**
 * The account of an identity, created if there is none. It is never an existing account with the same name or address:
 * whoever chooses those at the identity provider could take over that account.
 *
 * @param names - Names for a new account, the best first.
 * @returns The account, and whether it is new.
 */
export async function accountOfIdentity(
  db: Database,
  identity: Identity,
  names: readonly (string | undefined)[],
): Promise<IdentityUser & { readonly isNew: boolean }> {
  for (let tries = 0; ; tries++) {
    const known = await identityUser(db, identity)
    if (known !== undefined) return { ...known, isNew: false }
    const name = tries === 0 ? await freeName(db, names) : randomName(names)
    try {
      return { id: await insertAccount(db, identity, name), isSuspended: false, isNew: true }
    } catch (error) {
      // A concurrent sign-in took the name, or created this same account.
      if (tries >= 3) throw error
    }
  }
}

async function insertAccount(db: Database, identity: Identity, name: string): Promise<number> {
  return db.transaction().execute(async (transaction) => {
    // It has no password, so no password signs in to it.
    const row = { name, password_hash: '', created_at: nowSeconds() }
    await transaction.insertInto('user').values(row).execute()
    const { id } = await transaction
      .selectFrom('user')
      .select('id')
      .where('name', '=', name)
      .executeTakeFirstOrThrow()
    await transaction.insertInto('identity').values(rowOf(identity, id)).execute()
    return id
  })
}

function rowOf(identity: Identity, userId: number) {
  const { issuer, subject } = identity
  return { key: keyOf(identity), user_id: userId, issuer, subject, created_at: nowSeconds() }
}

/**
 * Lets an identity open an account.
 *
 * @throws InputError when it already opens another account.
 */
export async function linkIdentity(db: Database, userId: number, identity: Identity): Promise<void> {
  const insert = db.insertInto('identity').values(rowOf(identity, userId))
  await insertOnce(insert, () => identityUser(db, identity))
  const user = await identityUser(db, identity)
  if (user?.id !== userId) throw inputFault('identity', 'identityTaken')
}

export async function listIdentities(db: Database, userId: number): Promise<LinkedIdentity[]> {
  const rows = await db
    .selectFrom('identity')
    .select(['issuer', 'subject', 'created_at'])
    .where('user_id', '=', userId)
    .orderBy('created_at')
    .execute()
  return rows.map(({ issuer, subject, created_at }) => ({ issuer, subject, linkedAt: Number(created_at) }))
}

/** Unlinks the identities of an account that has a password. Returns whether there were any. */
export async function unlinkIdentities(db: Database, userId: number): Promise<boolean> {
  if (!(await hasPassword(db, userId))) return false
  const { numDeletedRows } = await db.deleteFrom('identity').where('user_id', '=', userId).executeTakeFirst()
  return numDeletedRows > 0n
}

export async function hasPassword(db: Database, userId: number): Promise<boolean> {
  const row = await db.selectFrom('user').select('password_hash').where('id', '=', userId).executeTakeFirst()
  return Boolean(row?.password_hash)
}

/** The account, as its own page shows it. */
export async function ownAccount(
  db: Database,
  userId: number,
): Promise<{ readonly account: Account; readonly hasPassword: boolean } | undefined> {
  const account = await accountById(db, userId)
  return account && { account, hasPassword: await hasPassword(db, userId) }
}

/** The longest name that leaves room for a number. */
const longestName = 56

/** A user name made from a name elsewhere: letters lose their accents, and other characters become a dash. */
function userNameFrom(given: string): string | undefined {
  const name = given
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9._@+-]+/g, '-')
    .replace(/^[^a-z0-9]+/, '')
    .slice(0, longestName)
    .replace(/[^a-z0-9]+$/, '')
  return isUserName(name) ? name : undefined
}

/** A free name: the wanted one, or the wanted one with a number. */
async function freeName(db: Database, names: readonly (string | undefined)[]): Promise<string> {
  const wish = wishedName(names)
  const candidates = [wish, ...Array.from({ length: 98 }, (_, index) => `${wish}-${index + 2}`)]
  const rows = await db.selectFrom('user').select('name').where('name', 'in', candidates).execute()
  const taken = new Set(rows.map(({ name }) => name))
  return candidates.find((name) => !taken.has(name)) ?? randomName(names)
}

/** The wanted name with letters at random, which a concurrent sign-in does not choose as well. */
function randomName(names: readonly (string | undefined)[]): string {
  return `${wishedName(names)}-${randomText(6).toLowerCase()}`
}

function wishedName(names: readonly (string | undefined)[]): string {
  return names.map((name) => userNameFrom(name ?? '')).find((name) => name !== undefined) ?? 'user'
}
