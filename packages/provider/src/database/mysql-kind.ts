import { sql } from 'kysely'
import { mysqlDialect } from './mysql.ts'
import type { ServerKind } from './server-database.ts'

export const mysqlKind: ServerKind = {
  dialect: mysqlDialect,
  async lock(db, seconds) {
    // Locks apply to the whole server, so the name includes the database's.
    const { rows } = await sql<{
      is_locked: number
    }>`select get_lock(sha1(concat('countersign ', database())), ${seconds}) as is_locked`.execute(db)
    return rows[0]?.is_locked === 1
  },
  async unfit(db) {
    const { rows } = await sql<{ charset: string }>`select @@character_set_database as charset`.execute(db)
    const charset = rows[0]?.charset
    return charset === 'utf8mb4'
      ? undefined
      : `has the character set ${charset}. Make it one that holds every sign: alter database … character set utf8mb4.`
  },
  advice(error, database) {
    const { code } = error as { code?: unknown }
    if (code === 'ER_BAD_DB_ERROR') return `Create it: create database ${database} character set utf8mb4`
    if (code === 'ECONNREFUSED' || code === 'ENOENT') return 'Is MariaDB or MySQL running there?'
    return undefined
  },
}
