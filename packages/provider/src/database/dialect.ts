import { type ColumnDefinitionBuilder, type CreateTableBuilder, type RawBuilder, sql } from 'kysely'
import type { Database } from './schema.ts'

type DialectName = 'sqlite' | 'postgres' | 'mysql'

/** Of Kysely's own dialects, MySQL's has no `returning`, and only PostgreSQL's has DDL in transactions. */
function dialectOf(db: Database): DialectName {
  const { supportsReturning, supportsTransactionalDdl } = db.getExecutor().adapter
  if (!supportsReturning) return 'mysql'
  return supportsTransactionalDdl ? 'postgres' : 'sqlite'
}

/** Whether the database is SQLite, which has one writer at a time, and no row locks. */
export function isSqlite(db: Database): boolean {
  return dialectOf(db) === 'sqlite'
}

export function isPostgres(db: Database): boolean {
  return dialectOf(db) === 'postgres'
}

/** A text column, compared and sorted byte for byte on every database; PostgreSQL has an index for that. */
export function byteByByte(db: Database, column: string): RawBuilder<string> {
  return isPostgres(db) ? sql<string>`${sql.ref(column)} collate "C"` : sql<string>`${sql.ref(column)}`
}

/**
 * Text that is looked up byte for byte. SQLite and PostgreSQL compare like that by default and ignore the second half
 * as a comment; MySQL and MariaDB execute it, and would otherwise fold case and accents.
 */
export const identifier: RawBuilder<string> = sql`varchar(255) /*!40101 character set utf8mb4 collate utf8mb4_bin */`

/** Seconds since 1970, as the default of a column. */
export function nowOf(db: Database): RawBuilder<number> {
  return {
    sqlite: sql<number>`(unixepoch())`,
    postgres: sql<number>`(extract(epoch from now())::bigint)`,
    mysql: sql<number>`(unix_timestamp())`,
  }[dialectOf(db)]
}

/** An auto-increment primary key that never reuses a number. */
export function withId<T extends string>(
  db: Database,
): (table: CreateTableBuilder<T>) => CreateTableBuilder<T, 'id'> {
  const counts = isPostgres(db)
  const key = (column: ColumnDefinitionBuilder) =>
    counts ? column.primaryKey() : column.primaryKey().autoIncrement()
  return (table) => table.addColumn('id', counts ? 'serial' : 'integer', key)
}
