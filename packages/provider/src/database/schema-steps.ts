import { ConfigurationError } from 'countersign'
import { sql } from 'kysely'
import { migrations } from './migrations.ts'
import type { Database } from './schema.ts'

/** Which migrations a database has run. */
export interface SchemaSteps {
  readonly done: readonly string[]
  readonly missing: readonly string[]
}

const known = Object.keys(migrations).sort()

/** The state after the first `count` migrations. */
export function stepsUpTo(count: number): SchemaSteps {
  return { done: known.slice(0, count), missing: known.slice(count) }
}

/**
 * The migrations that Kysely's migrator recorded; none if it never ran.
 *
 * @param name - What to call the database.
 * @throws ConfigurationError when a newer version, or another program, recorded migrations.
 */
export async function writtenSteps(db: Database, name: string): Promise<SchemaSteps> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true })
  const names = new Set(tables.map((table) => table.name))
  if (!names.has(journal)) {
    if (!names.has('user') && !names.has('oauth_client')) return stepsUpTo(0)
    throw new ConfigurationError(
      `The database ${name} holds tables of another program. It was not changed: give this one a database of its own.`,
    )
  }
  const { rows } = await sql<{ name: string }>`select name from ${sql.table(journal)}`.execute(db)
  const done = rows.map((row) => row.name).sort()
  const unknown = done.filter((step) => !known.includes(step))
  if (unknown.length > 0) {
    const isNewer = known.every((step) => done.includes(step))
    throw new ConfigurationError(
      isNewer
        ? `The database ${name} was written by a newer version of this program: it has the step ${unknown[0]}. Start that version.`
        : `The database ${name} belongs to another program. It was not changed.`,
    )
  }
  return { done, missing: known.filter((step) => !done.includes(step)) }
}

/** Where Kysely's migrator records migrations. */
const journal = 'kysely_migration'
