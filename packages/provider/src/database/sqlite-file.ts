import { existsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout } from 'node:timers/promises'
import { ConfigurationError } from 'countersign'
import { nodeSqlite, retryWhenBusy } from 'countersign/kysely'
import { SqliteDialect } from 'kysely'
import type { Logger } from 'pino'
import { inMemory } from '../settings/database-address.ts'
import { migrations } from './migrations.ts'
import { adoptMigrations, migrate } from './migrator.ts'
import type { OpenStore } from './open-store.ts'
import { makePrivateFile, tighten } from './private-file.ts'
import type { Database, Tables } from './schema.ts'
import { type SchemaSteps, stepsUpTo } from './schema-steps.ts'
import { type Seal, SealedDatabase } from './seal.ts'

/** The application ID in the header of our files, which `file` and other programs read: "Csgn". */
const applicationId = 0x4373676e

/** The tables of a file from before the header had the application ID. */
const unmarkedTables: readonly (keyof Tables)[] = [
  'user',
  'session',
  'oauth_client',
  'oauth_temporary_credential',
  'oauth_token_credential',
  'oauth_nonce',
]

interface FileOptions {
  readonly synchronous?: 'full' | 'normal'
  readonly log?: Logger
}

/**
 * Opens the SQLite file, and creates it if it is missing.
 *
 * @throws ConfigurationError when the file cannot be opened, is another program's, or was written by a newer version.
 */
export async function openSqliteFile(file: string, seal: Seal, options: FileOptions): Promise<OpenStore> {
  const database = await openFile(file, options)
  const dialect = new SqliteDialect({ database: nodeSqlite(database) })
  const db = new SealedDatabase({ dialect: retryWhenBusy(dialect) }, seal)
  return {
    db,
    steps: async () => stepsIn(database, file),
    migrate: () => bringUpToDate(database, db, file),
  }
}

/**
 * The migrations that a file has run; all are missing if there is no file. @throws ConfigurationError as
 * `openSqliteFile`.
 */
export function sqliteSteps(file: string): SchemaSteps {
  if (file === inMemory || !existsSync(file)) return stepsUpTo(0)
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(file, { readOnly: true })
    database.exec('pragma busy_timeout = 5000')
    return stepsIn(database, file)
  } catch (cause) {
    throw openingError(file, cause)
  } finally {
    database?.close()
  }
}

async function openFile(file: string, { synchronous = 'full', log }: FileOptions): Promise<DatabaseSync> {
  let database: DatabaseSync | undefined
  try {
    const isFile = file !== inMemory
    if (isFile) makePrivateFile(file)
    database = new DatabaseSync(file)
    database.exec('pragma busy_timeout = 5000')
    // Before the first change, so that a refused file stays unchanged.
    versionOf(database, file)
    const widened = isFile ? tighten(file) : []
    if (widened.length > 0) {
      const hint = 'other users could read the database, which holds secrets; its mode is 600 now'
      log?.warn({ files: widened }, hint)
    }
    await patiently(database, 'pragma journal_mode = wal')
    database.exec(`pragma synchronous = ${synchronous}`)
    return database
  } catch (cause) {
    database?.close()
    throw openingError(file, cause)
  }
}

function openingError(file: string, cause: unknown): ConfigurationError {
  if (cause instanceof ConfigurationError) return cause
  return new ConfigurationError(`The database ${file} cannot be opened: ${reasonOf(cause as Error)}`, {
    cause,
  })
}

function reasonOf({ code, path, message }: NodeJS.ErrnoException): string {
  if (code === 'EEXIST' || code === 'ENOTDIR') return `${existing(path ?? '')} is not a folder.`
  if (code === 'EACCES' || code === 'EPERM') return `this user may not write to ${path}.`
  return message
}

/** The existing part of a path. */
function existing(path: string): string {
  return path === dirname(path) || statSync(path, { throwIfNoEntry: false }) ? path : existing(dirname(path))
}

const newest = Object.keys(migrations).length

/**
 * Runs missing migrations in one transaction. It first takes SQLite's write lock, which replaces Kysely's own, and only
 * then reads the version: two processes may start at once.
 */
async function bringUpToDate(database: DatabaseSync, db: Database, file: string): Promise<void> {
  await begin(database)
  try {
    const version = versionOf(database, file)
    if (!hasJournal(database)) await adoptMigrations(db, version)
    await migrate(db)
    // For `file`, and for older versions of this program, which refuse a newer one.
    database.exec(`pragma application_id = ${applicationId}; pragma user_version = ${newest}`)
    database.exec('commit')
  } catch (error) {
    database.exec('rollback')
    throw error
  }
}

const patienceMilliseconds = 10_000

async function begin(database: DatabaseSync): Promise<void> {
  database.exec('pragma busy_timeout = 0')
  await patiently(database, 'begin immediate')
}

/**
 * Waits without blocking: another connection of this same process may hold the lock. SQLite's own timeout does not
 * cover every statement: the switch to WAL fails at once while another process reads a new file.
 */
async function patiently(database: DatabaseSync, statement: string): Promise<void> {
  for (const deadline = Date.now() + patienceMilliseconds; ; await setTimeout(10)) {
    try {
      return database.exec(statement)
    } catch (error) {
      const { errcode = 0 } = error as { errcode?: number }
      if ((errcode & 0xff) !== sqliteBusy || Date.now() >= deadline) throw error
    }
  }
}

/** The lower eight bits of the error code; those above tell why. */
const sqliteBusy = 5

/** A file without the journal counts as older: its migrations have yet to be recorded. */
function stepsIn(database: DatabaseSync, file: string): SchemaSteps {
  const version = versionOf(database, file)
  return stepsUpTo(hasJournal(database) ? version : Math.min(version, newest - 1))
}

/** Whether Kysely's migrator recorded its migrations, as it does since version 0.2. */
function hasJournal(database: DatabaseSync): boolean {
  const row = database.prepare("select name from sqlite_schema where name = 'kysely_migration'").get()
  return row !== undefined
}

/** A single statement, for a consistent view: another process may be creating the tables. */
const header = `select application_id as id, user_version as version,
  (select json_group_array(name) from sqlite_schema) as tables from pragma_application_id, pragma_user_version`

/**
 * The version of the file's schema, 0 while it is empty.
 *
 * @throws ConfigurationError when the file is another program's, or was written by a newer version.
 */
function versionOf(database: DatabaseSync, file: string): number {
  const row = database.prepare(header).get()
  const id = Number(row?.['id'])
  const version = Number(row?.['version'])
  const tables: string[] = JSON.parse(String(row?.['tables']))
  const isEmpty = id === 0 && version === 0 && tables.length === 0
  const isUnmarked = id === 0 && version > 0 && unmarkedTables.every((table) => tables.includes(table))
  if (id !== applicationId && !isEmpty && !isUnmarked) {
    throw new ConfigurationError(`The database ${file} belongs to another program. It was not changed.`)
  }
  if (version > newest) {
    throw new ConfigurationError(`The database ${file} was written by a newer version of this program.`)
  }
  return version
}
