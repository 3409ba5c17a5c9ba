import type { ExpressionBuilder } from 'kysely'
import { byteByByte } from '../database/dialect.ts'
import { type ListPiece, numberIn, usualLength } from '../database/list-page.ts'
import { type Page, pageOf } from '../database/page.ts'
import type { Database, Tables } from '../database/schema.ts'
import { normalizeName } from './accounts.ts'

/** Which users to list; each given field must match. */
export interface UserFilter {
  /** The start of the name. */
  readonly name?: string | undefined
  readonly state?: 'admin' | 'suspended' | undefined
}

/** A user, as seen by administrators. */
export interface UserSummary {
  readonly id: number
  readonly name: string
  readonly isAdmin: boolean
  /** Times are seconds since 1970. */
  readonly createdAt: number
  /** Null while the user is active. */
  readonly suspendedAt: number | null
}

const columns = ['id', 'name', 'role', 'created_at', 'suspended_at'] as const

/** A page of the users: newest first, or by name if a name is given. */
export async function listUsers(
  db: Database,
  { name = '', state }: UserFilter = {},
  { from, most = usualLength }: ListPiece = {},
): Promise<Page<UserSummary>> {
  const beginning = normalizeName(name)
  let rows = db
    .selectFrom('user')
    .select(columns)
    .limit(most + 1)
  if (state === 'admin') rows = rows.where('role', '=', 'admin')
  if (state === 'suspended') rows = rows.where('suspended_at', 'is not', null)
  if (beginning === '') {
    const before = numberIn(from)
    if (before !== undefined) rows = rows.where('id', '<', before)
    return pageOf(await rows.orderBy('id', 'desc').execute(), { limit: most }, summaryOf, ({ id }) =>
      String(id),
    )
  }
  // No name contains NUL, and PostgreSQL does not accept it.
  if (beginning.includes('\0')) return { items: [], next: undefined }
  const column = byteByByte(db, 'name')
  const isBetween = ({ and, eb }: ExpressionBuilder<Tables, 'user'>) =>
    and([eb(column, '>=', beginning), eb(column, '<', `${beginning}\u{10ffff}`)])
  rows = rows.where(isBetween)
  if (from !== undefined && !from.includes('\0')) rows = rows.where(column, '>', from)
  return pageOf(await rows.orderBy(column).execute(), { limit: most }, summaryOf, (row) => row.name)
}

export async function userSummary(db: Database, id: number): Promise<UserSummary | undefined> {
  const row = await db.selectFrom('user').select(columns).where('id', '=', id).executeTakeFirst()
  return row && summaryOf(row)
}

function summaryOf(row: {
  readonly id: number
  readonly name: string
  readonly role: string
  readonly created_at: number
  readonly suspended_at: number | null
}): UserSummary {
  return {
    id: row.id,
    name: row.name,
    isAdmin: row.role === 'admin',
    // PostgreSQL's driver reads 64-bit integers as text.
    createdAt: Number(row.created_at),
    suspendedAt: row.suspended_at === null ? null : Number(row.suspended_at),
  }
}
