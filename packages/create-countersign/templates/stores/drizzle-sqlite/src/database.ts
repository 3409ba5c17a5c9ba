import Database from 'better-sqlite3'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { migrate } from 'drizzle-orm/better-sqlite3/migrator'

const file = new Database(process.env['DATABASE_FILE'] ?? 'oauth.sqlite', { timeout: 5000 })
file.pragma('journal_mode = wal')
export const db = drizzle(file)

/** Applies what `npm run migration` wrote. In production this is a step of the deployment. */
export async function migrateDatabase(): Promise<void> {
  migrate(db, { migrationsFolder: 'migrations' })
}

export async function closeDatabase(): Promise<void> {
  file.close()
}
