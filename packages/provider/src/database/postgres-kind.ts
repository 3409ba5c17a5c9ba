import { sql } from 'kysely'
import { postgresDialect } from './postgres.ts'
import type { ServerKind } from './server-database.ts'

/** A number that no other program is likely to lock: "Csgn". */
const lockNumber = 0x4373676e

export const postgresKind: ServerKind = {
  dialect: postgresDialect,
  async lock(db, seconds) {
    const deadline = performance.now() + seconds * 1000
    for (;;) {
      const { rows } = await sql<{
        is_locked: boolean
      }>`select pg_try_advisory_lock(${sql.lit(lockNumber)}) as is_locked`.execute(db)
      if (rows[0]?.is_locked === true) return true
      if (performance.now() >= deadline) return false
      await sql`select pg_sleep(0.05)`.execute(db)
    }
  },
  async unfit(db) {
    const { rows } = await sql<{
      encoding: string
    }>`select current_setting('server_encoding') as encoding`.execute(db)
    const encoding = rows[0]?.encoding
    return encoding === 'UTF8'
      ? undefined
      : `has the encoding ${encoding}. Make one that supports every character: create database … encoding 'UTF8' template template0.`
  },
  advice(error, database) {
    const { code } = error as { code?: unknown }
    if (code === '3D000') return `Create it: createdb ${database}`
    if (code === 'ECONNREFUSED' || code === 'ENOENT') return 'Is PostgreSQL running there?'
    return undefined
  },
}
