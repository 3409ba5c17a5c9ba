import { type Expression, type RawBuilder, type SqlBool, sql } from 'kysely'
import { InputError } from '../input-error.ts'

/** Which piece of a list is meant. */
export interface PageRequest {
  /** The `next` of the page before; absent for the first. */
  readonly after?: string | undefined
  /** Rows at most. */
  readonly limit: number
}

/** One piece of a list. Rows that come or go between two pieces change no other row's place. */
export interface Page<T> {
  readonly items: readonly T[]
  /** Where the next piece begins; undefined at the end. */
  readonly next: string | undefined
}

/** The page of rows that were read with one row more than asked for. */
export function pageOf<Row, T>(
  rows: readonly Row[],
  { limit }: PageRequest,
  item: (row: Row) => T,
  cursor: (row: Row) => string,
): Page<T> {
  const own = rows.slice(0, limit)
  const last = own.at(-1)
  return {
    items: own.map(item),
    next: rows.length > limit && last !== undefined ? cursor(last) : undefined,
  }
}

/** The numeric key that a cursor stands for; 0 for the beginning. @throws InputError for text that is no cursor. */
export function keyAfter(after: string | undefined): number {
  if (after === undefined) return 0
  if (isKey(after)) return Number(after)
  throw notACursor(after)
}

/** Whether a text is a whole number that every database has room for in a key. */
export function isKey(text: string): boolean {
  return /^\d{1,10}$/.test(text) && Number(text) < 2 ** 31
}

export function notACursor(after: string): InputError {
  return new InputError('after', `No list ends at ${after.slice(0, 100)}: use what the page before names.`)
}

/** Whether the column holds the text, whatever its case. */
export function holds(column: Expression<string | null>, text: string): RawBuilder<SqlBool> {
  const pattern = `%${text.replace(/[!%_]/g, '!$&')}%`
  return sql<SqlBool>`lower(${column}) like lower(${pattern}) escape '!'`
}
