import { type Expression, type RawBuilder, type SqlBool, sql } from 'kysely'
import { InputError } from '../input-error.ts'

/** Which page of a list to read. */
export interface PageRequest {
  /** The `next` of the previous page; absent for the first. */
  readonly after?: string | undefined
  /** The most rows. */
  readonly limit: number
}

/** One page of a list. Rows that are added or removed between two pages do not shift other rows. */
export interface Page<T> {
  readonly items: readonly T[]
  /** The cursor of the next page; undefined at the end. */
  readonly next: string | undefined
}

/** Makes a page from rows that were read with one extra row. */
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

/** The numeric key of a cursor; 0 for the first page. @throws InputError for text that is not a cursor. */
export function keyAfter(after: string | undefined): number {
  if (after === undefined) return 0
  if (isKey(after)) return Number(after)
  throw notACursor(after)
}

/** Whether a text is a whole number that fits a key in every database. */
export function isKey(text: string): boolean {
  return /^\d{1,10}$/.test(text) && Number(text) < 2 ** 31
}

export function notACursor(after: string): InputError {
  return new InputError('after', `No list ends at ${after.slice(0, 100)}: use what the page before names.`)
}

/** Whether the column contains the text, ignoring case. */
export function holds(column: Expression<string | null>, text: string): RawBuilder<SqlBool> {
  const pattern = `%${text.replace(/[!%_]/g, '!$&')}%`
  return sql<SqlBool>`lower(${column}) like lower(${pattern}) escape '!'`
}
