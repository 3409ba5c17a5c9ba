import type { OAuth1Tables } from 'countersign/kysely'
import { Kysely, MysqlDialect } from 'kysely'
import { createPool } from 'mysql2'

const pool = createPool({ uri: process.env['DATABASE_URL'] ?? '', connectTimeout: 1000 })
export const db: Kysely<OAuth1Tables> = new Kysely({ dialect: new MysqlDialect({ pool }) })
