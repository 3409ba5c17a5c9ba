import type { TokenFilter } from '../../server/hooks.ts'
import type { TokenCredential } from '../../server/models.ts'
import { isStorable } from './column-text.ts'

/** Whether a row can match at all. A null from JavaScript is not a wildcard, and not every database can store a NUL. */
export function canMatch({ clientId, userId }: TokenFilter): boolean {
  return [clientId, userId].every(
    (given) => given === undefined || (given !== null && isStorable(`${given}`)),
  )
}

/**
 * The rows that match exactly, oldest first: by `id`, `created_at` or `createdAt`, whichever every row has as a number
 * or a date. Without one of these, in the database's order.
 */
export function listedTokens<T extends TokenCredential>(rows: readonly T[], filter: TokenFilter): T[] {
  const { clientId, userId } = filter
  const found = rows.filter(
    (row) =>
      // A collation may ignore case or trailing spaces, and MySQL reads the text '7x' as the number 7.
      (clientId === undefined || row.clientId === clientId) &&
      (userId === undefined || isSameUser(row.userId, userId)),
  )
  const age = ages.find((name) => found.every((row) => isOrdered(fieldOf(row, name))))
  return age === undefined
    ? found
    : found.sort((one, other) => Number(fieldOf(one, age)) - Number(fieldOf(other, age)))
}

const ages = ['id', 'created_at', 'createdAt'] as const

function fieldOf(row: object, name: string): unknown {
  return (row as Record<string, unknown>)[name]
}

/** PostgreSQL's driver reads 64-bit integers as text. */
function isOrdered(value: unknown): boolean {
  return (
    typeof value === 'number' ||
    typeof value === 'bigint' ||
    value instanceof Date ||
    (typeof value === 'string' && /^\d{1,20}$/.test(value))
  )
}

/** A driver may read a number as a bigint or as text. */
function isSameUser(stored: unknown, userId: unknown): boolean {
  return stored !== null && stored !== undefined && String(stored) === String(userId)
}
