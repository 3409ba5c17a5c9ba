import { drizzle } from 'drizzle-orm/mysql2'
import { migrate } from 'drizzle-orm/mysql2/migrator'
import { createPool } from 'mysql2/promise'

const pool = createPool({ uri: process.env['DATABASE_URL'] ?? '', connectTimeout: 1000 })
export const db = drizzle(pool)

/** Applies what `npm run migration` wrote. In production this is a step of the deployment. */
export async function migrateDatabase(): Promise<void> {
  await migrate(db, { migrationsFolder: 'migrations' })
}

export async function closeDatabase(): Promise<void> {
  await pool.end()
}
