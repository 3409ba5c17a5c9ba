import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate } from 'drizzle-orm/node-postgres/migrator'
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
export const db = drizzle(pool)

/** Applies what `npm run migration` wrote. In production this is a step of the deployment. */
export async function migrateDatabase(): Promise<void> {
  await migrate(db, { migrationsFolder: 'migrations' })
}

export async function closeDatabase(): Promise<void> {
  await pool.end()
}
