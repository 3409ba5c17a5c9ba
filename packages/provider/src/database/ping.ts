import { sql } from 'kysely'
import type { Database } from './schema.ts'

/** Resolves while the database can be reached, and rejects otherwise. */
export async function ping(db: Database): Promise<void> {
  await sql`select 1`.execute(db)
}
