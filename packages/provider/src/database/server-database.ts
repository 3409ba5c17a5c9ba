import { ConfigurationError } from 'countersign'
import { type Dialect, Kysely, sql } from 'kysely'
import { shownDatabase } from '../settings/database-address.ts'
import { migrate } from './migrator.ts'
import type { OpenStore } from './open-store.ts'
import type { Database, Tables } from './schema.ts'
import { writtenSteps } from './schema-steps.ts'
import { type Seal, SealedDatabase } from './seal.ts'
import type { ServerLimits } from './server-session.ts'

/** How a kind of server differs, for opening its databases. */
export interface ServerKind {
  dialect(database: string, limits: ServerLimits): Dialect
  /** Takes an exclusive lock on the connection. Returns whether it did, within the time. */
  lock(db: Database, seconds: number): Promise<boolean>
  /** The fault of a database in which no migration has run; undefined if there is none. */
  unfit(db: Database): Promise<string | undefined>
  /** Advice on an error while connecting; undefined if its message says it all. */
  advice(error: unknown, database: string): string | undefined
}

/** How long a process waits for another one that changes the schema. */
const lockSeconds = 600

/** A database of a server. Makes the first connection. @throws ConfigurationError when that fails. */
export async function openServerDatabase(
  kind: ServerKind,
  database: string,
  seal: Seal,
  limits: ServerLimits,
): Promise<OpenStore> {
  const name = shownDatabase(database)
  const db = new SealedDatabase({ dialect: kind.dialect(database, limits) }, seal)
  try {
    await sql`select 1`.execute(db)
  } catch (error) {
    await db.destroy()
    const cause = (error as Error).cause ?? error
    const reason = (cause as Error).message.replace(/\.?$/, '.')
    const advice = kind.advice(cause, new URL(database).pathname.slice(1))
    throw new ConfigurationError(
      `The database ${name} cannot be opened: ${reason}${advice === undefined ? '' : ` ${advice}`}`,
      { cause },
    )
  }
  return { db, steps: () => writtenSteps(db, name), migrate: () => migrateAlone(kind, database) }
}

/**
 * Runs missing migrations under our own lock, over one connection without a time limit. Kysely takes its own lock only
 * after it has created its tables, which concurrent starts on an empty database would do at the same time.
 */
async function migrateAlone(kind: ServerKind, database: string): Promise<void> {
  const name = shownDatabase(database)
  const dialect = kind.dialect(database, { connections: 1, patienceSeconds: 0 })
  const pool = new Kysely<Tables>({ dialect })
  try {
    await pool.connection().execute(async (db) => {
      if (!(await kind.lock(db, lockSeconds))) {
        throw new ConfigurationError(
          `Another process has been changing the schema of the database ${name} for ${lockSeconds / 60} minutes. Check what it is doing, and start again.`,
        )
      }
      const { done } = await writtenSteps(db, name)
      const fault = done.length === 0 ? await kind.unfit(db) : undefined
      if (fault !== undefined) throw new ConfigurationError(`The database ${name} ${fault}`)
      await migrate(db)
    })
  } finally {
    // The lock ends with the connection.
    await pool.destroy()
  }
}
