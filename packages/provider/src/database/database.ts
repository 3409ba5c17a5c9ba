import { ConfigurationError } from 'countersign'
import type { Logger } from 'pino'
import { databaseKind, shownDatabase } from '../settings/database-address.ts'
import type { OpenStore } from './open-store.ts'
import type { Database } from './schema.ts'
import type { SchemaSteps } from './schema-steps.ts'
import { Seal } from './seal.ts'
import { checkSealingKeys } from './sealing-keys.ts'
import { openSqliteFile, sqliteSteps } from './sqlite-file.ts'

/** How to open a database. */
export interface OpenOptions {
  /** SQLite's `synchronous`. Default `full`: after a power cut, every write that was confirmed is still there. */
  readonly synchronous?: 'full' | 'normal'
  /** The most connections to a server. Default 10. */
  readonly connections?: number
  /** How long a server may take for one statement, including the wait for a connection. Default 5; 0 waits forever. */
  readonly patienceSeconds?: number
  /** Runs missing migrations. Default true; otherwise a database that lacks some is refused. */
  readonly migrate?: boolean
  /**
   * Secrets are sealed with the first key and opened with any, each 32 octets in base64. Default: they are stored in
   * plain text.
   */
  readonly sealingKeys?: readonly string[] | undefined
  /** Called when the file's mode was too permissive. */
  readonly log?: Logger
}

/**
 * Opens the database that a setting names, creates a missing SQLite file, and brings the schema up to date.
 *
 * @throws ConfigurationError when the database cannot be opened, is another program's, or was written by a newer
 *   version.
 */
export async function openDatabase(database: string, options: OpenOptions = {}): Promise<Database> {
  const { migrate = true } = options
  if (!migrate) checkSteps(database, await schemaSteps(database, options))
  const store = await openStore(database, options)
  try {
    if (migrate && (await store.steps()).missing.length > 0) await store.migrate()
    await checkSealingKeys(store.db, new Seal(options.sealingKeys), shownDatabase(database))
    return store.db
  } catch (error) {
    await store.db.destroy()
    throw error
  }
}

/**
 * Which migrations have run and which are missing. Changes nothing, and creates no file.
 *
 * @throws ConfigurationError as `openDatabase`.
 */
export async function schemaSteps(database: string, options: OpenOptions = {}): Promise<SchemaSteps> {
  if (databaseKind(database) === 'sqlite') return sqliteSteps(database)
  const store = await openStore(database, { ...options, connections: 1 })
  try {
    return await store.steps()
  } finally {
    await store.db.destroy()
  }
}

/** Drivers for servers are loaded only when used. */
async function openStore(database: string, options: OpenOptions): Promise<OpenStore> {
  const { connections = 10, patienceSeconds = 5 } = options
  const seal = new Seal(options.sealingKeys)
  const kind = databaseKind(database)
  if (kind === 'sqlite') return openSqliteFile(database, seal, options)
  const { openServerDatabase } = await import('./server-database.ts')
  const server =
    kind === 'postgres'
      ? (await import('./postgres-kind.ts')).postgresKind
      : (await import('./mysql-kind.ts')).mysqlKind
  return openServerDatabase(server, database, seal, { connections, patienceSeconds })
}

function checkSteps(database: string, { missing }: SchemaSteps): void {
  if (missing.length === 0) return
  throw new ConfigurationError(
    `The schema of the database ${shownDatabase(database)} lacks ${missing.join(', ')}. Run countersign db migrate, or set MIGRATE_AT_START=true.`,
  )
}
