import type { Database } from '../database/schema.ts'
import { inputFault } from '../input-fault.ts'
import { nowSeconds, randomText, sha256 } from '../random.ts'

/** Lets one person create an account if registration is by invitation. */
export interface Invitation {
  /** Identifies it, but does not let anyone sign up. */
  readonly id: string
  /** Who or what it is for. */
  readonly note: string
  /** Seconds since 1970. */
  readonly createdAt: number
  readonly expiresAt: number
}

/** A new invitation: the only time that its code is in the clear. */
export interface NewInvitation extends Invitation {
  readonly code: string
}

const usualLifetimeSeconds = 7 * 24 * 3600
const longestLifetimeSeconds = 365 * 24 * 3600
const longestNote = 200
/** Unused ones. */
const maxInvitations = 10_000

/**
 * Creates an invitation; the database stores only its hash.
 *
 * @throws InputError that names the field.
 */
export async function createInvitation(
  db: Database,
  { note = '', lifetimeSeconds = usualLifetimeSeconds }: { note?: string; lifetimeSeconds?: number } = {},
): Promise<NewInvitation> {
  const text = note.trim().replace(/\s+/g, ' ')
  if (text.length > longestNote) throw inputFault('note', 'noteLong', { max: longestNote })
  if (!Number.isInteger(lifetimeSeconds) || lifetimeSeconds < 60 || lifetimeSeconds > longestLifetimeSeconds)
    throw inputFault('lifetime', 'invitationLifetime')
  const { count } = await db
    .selectFrom('invitation')
    .select((given) => given.fn.countAll().as('count'))
    .executeTakeFirstOrThrow()
  if (Number(count) >= maxInvitations) throw inputFault('note', 'invitationsMany', { max: maxInvitations })
  const code = randomText(24)
  const id = sha256(code)
  const createdAt = nowSeconds()
  const expiresAt = createdAt + lifetimeSeconds
  await db
    .insertInto('invitation')
    .values({ code_hash: id, note: text, created_at: createdAt, expires_at: expiresAt })
    .execute()
  return { id, note: text, createdAt, expiresAt, code }
}

/** The invitations that can still be used, newest first. */
export async function listInvitations(db: Database): Promise<Invitation[]> {
  const rows = await db
    .selectFrom('invitation')
    .selectAll()
    .where('expires_at', '>', nowSeconds())
    .orderBy('created_at', 'desc')
    .orderBy('code_hash')
    .execute()
  return rows.map(({ code_hash, note, created_at, expires_at }) => ({
    id: code_hash,
    note,
    createdAt: Number(created_at),
    expiresAt: Number(expires_at),
  }))
}

/** @param id - From the list. Returns whether there was such an invitation. */
export async function removeInvitation(db: Database, id: string): Promise<boolean> {
  const { numDeletedRows } = await db.deleteFrom('invitation').where('code_hash', '=', id).executeTakeFirst()
  return numDeletedRows === 1n
}

/** Whether the code is valid right now. */
export async function isInvitation(db: Database, code: string): Promise<boolean> {
  const row = await db
    .selectFrom('invitation')
    .select('code_hash')
    .where('code_hash', '=', sha256(code.trim()))
    .where('expires_at', '>', nowSeconds())
    .executeTakeFirst()
  return row !== undefined
}

/** Uses up an invitation: if two try at once, the row lets only one pass. @throws InputError when it is not valid. */
export async function spendInvitation(db: Database, code: string): Promise<void> {
  const { numDeletedRows } = await db
    .deleteFrom('invitation')
    .where('code_hash', '=', sha256(code.trim()))
    .where('expires_at', '>', nowSeconds())
    .executeTakeFirst()
  if (numDeletedRows === 1n) return
  throw inputFault('invitation', 'invitationUnknown')
}
