import type { OAuth1Tables } from 'countersign/kysely'
import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'

const pool = new pg.Pool({
  connectionString: process.env['DATABASE_URL'],
  connectionTimeoutMillis: 1000,
  query_timeout: 2000,
  keepAlive: true,
})
// Without listeners, a connection that breaks would end the process.
pool.on('error', console.error)
pool.on('connect', (client) => client.on('error', console.error))
export const db: Kysely<OAuth1Tables> = new Kysely({ dialect: new PostgresDialect({ pool }) })
