import type { Column } from 'drizzle-orm'
import type { UserId } from '../../server/models.ts'
import { withoutNull } from '../shared/column-text.ts'
import type { Builder } from './database.ts'

/** The values of a credential or a grant that are to be written. */
export function rowOf(
  table: { readonly userId: Column },
  values: { readonly userId?: UserId | null | undefined },
): Record<string, unknown> {
  return withoutNull({ ...values, userId: userIdFor(table, values.userId) })
}

/** Text, where the column is of text: SQLite's drivers bind a number as floating-point, which becomes '7.0' there. */
export function userIdFor<T>({ userId: column }: { readonly userId: Column }, userId: T): T | string {
  return typeof userId === 'number' && column.dataType.startsWith('string') ? String(userId) : userId
}

/** A token credential from a joined row, with its user if the users' table was joined. */
export function withUser(row: Builder): Builder {
  return 'user' in row ? { ...row.token, user: row.user } : row.token
}

/** The same token if it matches exactly: existing tables may have a collation that ignores case or trailing spaces. */
export function exactToken(clientId: string, oauthToken: string, row: Builder): Builder {
  const token = row?.token
  return token?.oauthToken === oauthToken && token.clientId === clientId ? withUser(row) : undefined
}
