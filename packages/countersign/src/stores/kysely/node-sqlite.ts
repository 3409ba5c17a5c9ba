/** The subset of `DatabaseSync` of `node:sqlite` that countersign uses. */
export interface NodeSqliteDatabase {
  exec(sql: string): void
  prepare(sql: string): NodeSqliteStatement
  close(): void
}

interface NodeSqliteStatement {
  columns(): readonly unknown[]
  all(...parameters: never[]): unknown[]
  iterate(...parameters: never[]): IterableIterator<unknown>
  run(...parameters: never[]): { changes: number | bigint; lastInsertRowid: number | bigint }
}

/** What Kysely's `SqliteDialect` takes as its `database`. */
export interface KyselySqliteDatabase {
  close(): void
  prepare(sql: string): KyselySqliteStatement
}

interface KyselySqliteStatement {
  readonly reader: boolean
  all(parameters: readonly unknown[]): unknown[]
  iterate(parameters: readonly unknown[]): IterableIterator<unknown>
  run(parameters: readonly unknown[]): { changes: number | bigint; lastInsertRowid: number | bigint }
}

/** Kysely asks for a statement each time it runs one; this many are kept prepared. */
const maxStatements = 500

/**
 * Makes a `node:sqlite` database fit Kysely's `SqliteDialect`. Switches the file to write-ahead logging, so that
 * readers and a writer do not wait for each other. Two writers do: with `retryWhenBusy` around the dialect, a writer
 * waits for another process without blocking this one; without it, the whole process stops for up to 5 s.
 *
 * @example
 * ```ts
 * const sqlite = new SqliteDialect({ database: nodeSqlite(new DatabaseSync('app.db')) })
 * const db = new Kysely<Database>({ dialect: retryWhenBusy(sqlite) })
 * ```
 */
export function nodeSqlite(database: NodeSqliteDatabase): KyselySqliteDatabase {
  database.exec('pragma busy_timeout = 5000')
  useWal(database)
  const statements = new Map<string, KyselySqliteStatement>()
  return {
    close: () => database.close(),
    prepare(sql) {
      let statement = statements.get(sql)
      if (statement === undefined) {
        if (statements.size >= maxStatements) statements.delete(statements.keys().next().value as string)
        statement = adapted(database, sql)
        statements.set(sql, statement)
      }
      return statement
    },
  }
}

function adapted(database: NodeSqliteDatabase, sql: string): KyselySqliteStatement {
  const statement = database.prepare(sql)
  return {
    // Only a statement that returns columns has rows to read: a `select`, or anything with `returning`.
    reader: statement.columns().length > 0,
    all: (parameters) => statement.all(...(parameters as never[])),
    run: (parameters) => statement.run(...(parameters as never[])),
    // A fresh statement: the kept one may be run again while this one is being read.
    iterate: (parameters) => database.prepare(sql).iterate(...(parameters as never[])),
  }
}

/** A file that is opened read-only stays as it is. */
function useWal(database: NodeSqliteDatabase): void {
  try {
    database.exec('pragma journal_mode = wal')
  } catch (error) {
    if ((error as { errcode?: number }).errcode !== sqliteReadOnly) throw error
  }
}

const sqliteReadOnly = 8
