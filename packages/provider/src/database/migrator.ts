import { sql } from 'kysely'
import { Migrator } from 'kysely/migration'
import { migrations } from './migrations.ts'
import type { Database } from './schema.ts'

/**
 * Brings the schema up to date, under Kysely's lock if the database has one: any number of processes may start at once.
 */
export async function migrate(db: Database): Promise<void> {
  const provider = { getMigrations: async () => ({ ...migrations }) }
  const { error } = await new Migrator({ db, provider }).migrateToLatest()
  if (error !== undefined) throw error
}

/**
 * Records the migrations of a database of version 0.1, which counted them in the file header.
 *
 * @param count - How many.
 */
export async function adoptMigrations(db: Database, count: number): Promise<void> {
  // The same table that Kysely's migrator creates.
  await db.schema
    .createTable('kysely_migration')
    .ifNotExists()
    .addColumn('name', 'varchar(255)', (column) => column.notNull().primaryKey())
    .addColumn('timestamp', 'varchar(255)', (column) => column.notNull())
    .execute()
  for (const name of Object.keys(migrations).sort().slice(0, count)) {
    await sql`insert into kysely_migration (name, timestamp) select ${name}, ${new Date(0).toISOString()}
      where not exists (select 1 from kysely_migration where name = ${name})`.execute(db)
  }
}
