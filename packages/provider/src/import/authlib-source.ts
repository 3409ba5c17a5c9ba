import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { ConfigurationError } from 'countersign'
import { nodeSqlite } from 'countersign/kysely'
import { type Dialect, Kysely, SqliteDialect } from 'kysely'
import { InputError } from '../input-error.ts'
import { databaseAddress, databaseKind, shownDatabase } from '../settings/database-address.ts'
import type { ImportRecord } from './import-record.ts'
import { clientRecord, tokenRecord } from './record-fields.ts'

/** Where an Authlib provider stores its clients and tokens, and the names of its tables. */
export interface AuthlibSource {
  /** A SQLite file, or a server's URL in SQLAlchemy's form or ours. */
  readonly database: string
  /** Default `client`. */
  readonly clientTable?: string | undefined
  /** Default `token_credential`. */
  readonly tokenTable?: string | undefined
  /** Default `user`. Without such a table, users are named after their ids: `user-7`. */
  readonly userTable?: string | undefined
}

type Rows = Record<string, Record<string, unknown>>

/** Rows that are read together. */
const pieceLength = 500
/** Possible names of the column with the sign-in name in a table of users; the first existing one is used. */
const userNames = ['username', 'user_name', 'login', 'name', 'email']

/**
 * Reads clients and tokens from a database written with Authlib's SQLAlchemy mixins. Nothing is written to it.
 *
 * @throws ConfigurationError when it cannot be opened, or has no such tables.
 */
export async function* authlibRecords(source: AuthlibSource): AsyncGenerator<ImportRecord> {
  const { clientTable = 'client', tokenTable = 'token_credential', userTable = 'user' } = source
  const db = new Kysely<Rows>({ dialect: await dialectOf(source.database) })
  try {
    const tables = await tablesOf(db, source.database)
    for (const table of [clientTable, tokenTable]) {
      if (!tables.has(table)) {
        throw new ConfigurationError(
          `The database ${shown(source.database)} has no table ${table}. It has ${[...tables.keys()].join(', ') || 'none'}: name the right one.`,
        )
      }
    }
    const users = { table: userTable, name: nameColumn(tables.get(userTable)) }
    for (const [table, record, owner] of [
      [clientTable, clientRecord, 'owner'],
      [tokenTable, tokenRecord, 'user'],
    ] as const) {
      const key = keyOf(tables.get(table) ?? [], table === clientTable ? 'client_id' : 'oauth_token')
      for await (const rows of piecesOf(db, table, key)) {
        const names = await namesOf(db, users, rows)
        for (const row of rows) {
          const at = `table ${table}, ${key} ${String(row[key])}`
          const { user_id, ...fields } = row
          try {
            yield record(at, { ...fields, [owner]: names(user_id) })
          } catch (error) {
            if (!(error instanceof InputError)) throw error
            yield { kind: 'fault', at, message: error.message }
          }
        }
      }
    }
  } finally {
    await db.destroy()
  }
}

async function dialectOf(given: string): Promise<Dialect> {
  const text = usual(given)
  const { database, fault } = databaseAddress(text)
  if (database === undefined) throw new ConfigurationError(`The address of the database ${fault}.`)
  const kind = databaseKind(database)
  // One statement may read a large table without an index.
  const limits = { connections: 1, patienceSeconds: 300 }
  if (kind === 'postgres') return (await import('../database/postgres.ts')).postgresDialect(database, limits)
  if (kind === 'mysql') return (await import('../database/mysql.ts')).mysqlDialect(database, limits)
  if (!existsSync(database)) throw new ConfigurationError(`There is no database at ${database}.`)
  return new SqliteDialect({ database: nodeSqlite(new DatabaseSync(database, { readOnly: true })) })
}

/** SQLAlchemy adds the driver to the scheme, and writes absolute files after four slashes. */
function usual(given: string): string {
  return given.replace(/^([a-z]+)\+[a-z0-9_]+:/i, '$1:').replace(/^sqlite:\/{4}/i, 'sqlite:///')
}

function shown(given: string): string {
  return shownDatabase(databaseAddress(usual(given)).database ?? '')
}

async function tablesOf(db: Kysely<Rows>, database: string): Promise<ReadonlyMap<string, readonly string[]>> {
  try {
    const tables = await db.introspection.getTables()
    return new Map(tables.map(({ name, columns }) => [name, columns.map((column) => column.name)]))
  } catch (cause) {
    throw new ConfigurationError(
      `The database ${shown(database)} cannot be read: ${(cause as Error).message}`,
      {
        cause,
      },
    )
  }
}

/** The column by which a table is read in batches. */
function keyOf(columns: readonly string[], otherwise: string): string {
  return columns.includes('id') ? 'id' : otherwise
}

async function* piecesOf(
  db: Kysely<Rows>,
  table: string,
  key: string,
): AsyncGenerator<readonly Record<string, unknown>[]> {
  let last: unknown
  for (;;) {
    const all = db.selectFrom(table).selectAll().orderBy(key).limit(pieceLength)
    const rows = await (last === undefined ? all : all.where(key, '>', last)).execute()
    if (rows.length > 0) yield rows
    if (rows.length < pieceLength) return
    last = rows.at(-1)?.[key]
  }
}

function nameColumn(columns: readonly string[] = []): string | undefined {
  return columns.includes('id') ? userNames.find((name) => columns.includes(name)) : undefined
}

/** The names of the users of some rows. */
async function namesOf(
  db: Kysely<Rows>,
  { table, name }: { readonly table: string; readonly name: string | undefined },
  rows: readonly Record<string, unknown>[],
): Promise<(id: unknown) => string | null | undefined> {
  const ids = [...new Set(rows.map(({ user_id }) => user_id).filter((id) => id !== null && id !== undefined))]
  const found =
    name === undefined || ids.length === 0
      ? []
      : await db.selectFrom(table).select(['id', name]).where('id', 'in', ids).execute()
  const names = new Map(found.map((row) => [String(row['id']), row[name ?? '']]))
  return (id) => {
    if (id === null || id === undefined) return id
    return String(names.get(String(id)) ?? `user-${String(id)}`)
  }
}
