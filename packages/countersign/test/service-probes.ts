import { Redis } from 'ioredis'
import { createConnection } from 'mysql2/promise'
import pg from 'pg'

const patience = 10_000

/** Each throws unless the server lets the tests in: one that listens may be somebody else's, and refuse them. */
export const probes = {
  async postgres(connectionString: string): Promise<void> {
    const client = new pg.Client({
      connectionString,
      connectionTimeoutMillis: patience,
      query_timeout: patience,
    })
    await client.connect()
    try {
      const { rows } = await client.query(
        'select 1 from pg_roles where rolname = current_user and (rolsuper or rolcreatedb)',
      )
      if (rows.length === 0) throw new Error('The user may not create databases.')
    } finally {
      await client.end()
    }
  },

  async mariadb(uri: string): Promise<void> {
    const connection = await createConnection({ uri, connectTimeout: patience })
    try {
      const [rows] = await connection.query('show grants')
      const grants = JSON.stringify(rows)
      if (!/ALL PRIVILEGES ON \*\.\*|\bCREATE\b[^"]* ON \*\.\*/.test(grants))
        throw new Error('The user may not create databases.')
    } finally {
      await connection.end()
    }
  },

  async redis(url: string): Promise<void> {
    const client = new Redis(url, { lazyConnect: true, connectTimeout: patience, retryStrategy: () => null })
    client.on('error', () => {})
    try {
      await client.connect()
      await client.ping()
    } finally {
      client.disconnect()
    }
  },
}
