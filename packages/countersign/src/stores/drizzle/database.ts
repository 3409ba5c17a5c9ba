import { type Column, entityKind, type SQL, sql, type Table } from 'drizzle-orm'

/** Any Drizzle database of the SQLite, PostgreSQL or MySQL family, with any driver. */
export interface DrizzleDatabase {
  select(): unknown
  insert(table: never): unknown
  update(table: never): unknown
  delete(table: never): unknown
}

/**
 * Drizzle's query builders are alike in all three families, but share no type; the methods present show which family it
 * is.
 */
// biome-ignore lint/suspicious/noExplicitAny: see above
export type Builder = any

/** Inserts a row unless its key exists; returns whether it did. The key decides, in one statement. */
export async function insertOnce(
  db: DrizzleDatabase,
  table: Table,
  key: Column,
  row: object,
): Promise<boolean> {
  const insert = (db as Builder).insert(table)
  const statement = isMySql(db, table)
    ? insert.ignore().values(row)
    : insert.values(row).onConflictDoNothing()
  return (await affected(statement, key)) === 1
}

/** Runs an insert, update or delete, and returns how many rows it touched. */
export async function affected(statement: Builder, key: Column): Promise<number> {
  // Each SQLite driver reports counts differently, so count the returned rows.
  if ('returning' in statement) return (await statement.returning({ key })).length
  const result = await statement
  const header = Array.isArray(result) ? result[0] : result
  const count: unknown = header?.affectedRows ?? header?.rowsAffected
  if (typeof count === 'number') return count
  throw new Error('This MySQL driver does not say how many rows it touched.')
}

/** MySQL and MariaDB ignore a conflict by `insert ignore`. */
export function isMySql(db: DrizzleDatabase, table: Table): boolean {
  return 'ignore' in (db as Builder).insert(table)
}

/**
 * The column is exactly this text. MySQL's default collations ignore case, accents or trailing spaces; there the bytes
 * are compared too, besides the comparison that uses the index.
 */
export function exactly(db: DrizzleDatabase, table: Table, column: Column, text: string): SQL {
  return isMySql(db, table)
    ? sql`${column} = ${text} and cast(${column} as binary) = cast(${text} as binary)`
    : sql`${column} = ${text}`
}

/** Drizzle's drivers that send each statement separately: their `transaction` only throws. */
const withoutTransactions = /^(SQLiteD1|NeonHttp|NetlifyDb|XataHttp|PgRemote|MySqlRemote)Session$/

/** Whether the driver has transactions, as far as the name that Drizzle gives it tells. */
export function hasTransactions(db: DrizzleDatabase): boolean {
  const { session } = db as { readonly session?: object }
  const kind = (session?.constructor as { readonly [entityKind]?: string } | undefined)?.[entityKind]
  return !withoutTransactions.test(kind ?? '')
}
