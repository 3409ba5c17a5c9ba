import { chmodSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { ConfigurationError } from 'countersign'
import { nodeSqlite } from 'countersign/kysely'
import { Kysely, SqliteDialect } from 'kysely'
import { migrations } from './migrations.ts'
import type { Database, Tables } from './schema.ts'

/**
 * Opens the SQLite file, makes it where it is missing, and brings its schema up to date.
 *
 * @throws ConfigurationError when the file cannot be opened, or was written by a newer version.
 */
export async function openDatabase(file: string): Promise<Database> {
  const database = openFile(file)
  const db = new Kysely<Tables>({ dialect: new SqliteDialect({ database: nodeSqlite(database) }) })
  try {
    await migrate(database, db, file)
    return db
  } catch (error) {
    await db.destroy()
    throw error
  }
}

function openFile(file: string): DatabaseSync {
  try {
    mkdirSync(dirname(file), { recursive: true })
    const database = new DatabaseSync(file)
    database.exec('pragma busy_timeout = 5000; pragma journal_mode = wal; pragma synchronous = normal')
    // Secrets are in it: readable for its owner alone, and SQLite gives its side files the same mode.
    chmodSync(file, 0o600)
    return database
  } catch (cause) {
    throw new ConfigurationError(`The database ${file} cannot be opened: ${(cause as Error).message}`, {
      cause,
    })
  }
}

/** The version is kept in the file's header. The lock is taken before it is read, for two processes may start at once. */
async function migrate(database: DatabaseSync, db: Database, file: string): Promise<void> {
  if (versionOf(database) === migrations.length) return
  database.exec('begin immediate')
  try {
    const version = versionOf(database)
    if (version > migrations.length) {
      throw new ConfigurationError(`The database ${file} was written by a newer version of this program.`)
    }
    for (const step of migrations.slice(version)) await step(db)
    database.exec(`pragma user_version = ${migrations.length}`)
    database.exec('commit')
  } catch (error) {
    database.exec('rollback')
    throw error
  }
}

function versionOf(database: DatabaseSync): number {
  return Number(database.prepare('pragma user_version').get()?.['user_version'])
}
