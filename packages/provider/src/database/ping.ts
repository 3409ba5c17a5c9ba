import { StoreError } from 'countersign'
import { sql } from 'kysely'
import { migrations } from './migrations.ts'
import type { Database } from './schema.ts'
import { sealOf } from './seal.ts'
import { requireSealingKeys } from './sealing-keys.ts'

/** Resolves while the database can be reached. @throws StoreError otherwise. */
export async function ping(db: Database): Promise<void> {
  try {
    await sql`select 1`.execute(db)
  } catch (cause) {
    throw cause instanceof StoreError ? cause : new StoreError('The database is not available.', { cause })
  }
}

/** Resolves while this process has the keys of all stored secrets, and rejects otherwise. */
export async function checkKeys(db: Database): Promise<void> {
  await requireSealingKeys(db, sealOf(db).ids, 'in use')
}

/** Resolves while the database has every migration that this version needs, and rejects otherwise. */
export async function checkMigrations(db: Database): Promise<void> {
  const { rows } = await sql<{ name: string }>`select name from kysely_migration`.execute(db)
  const taken = new Set(rows.map(({ name }) => name))
  const missing = Object.keys(migrations).filter((name) => !taken.has(name))
  if (missing.length > 0) throw new Error(`The database lacks the steps ${missing.join(', ')}.`)
}
