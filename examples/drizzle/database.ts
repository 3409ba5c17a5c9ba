import Database from 'better-sqlite3'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { migrate } from 'drizzle-orm/better-sqlite3/migrator'
import { client, user } from './schema.ts'

const file = new Database(process.env['DATABASE_FILE'] ?? 'example.db', { timeout: 5000 })
file.pragma('journal_mode = wal')
export const db = drizzle(file)

/** Applies the migrations that `drizzle-kit generate` wrote, and adds the users and the client of the demonstration. */
export async function prepareDatabase(): Promise<void> {
  migrate(db, { migrationsFolder: `${import.meta.dirname}/migrations` })
  const users = [
    { id: 'ada', name: 'Ada' },
    { id: 'grace', name: 'Grace' },
  ]
  await db.insert(user).values(users).onConflictDoNothing()
  const demo = {
    clientId: 'demo',
    clientSecret: 'demo-secret',
    callbacks: ['http://localhost:8080/callback'],
  }
  await db
    .insert(client)
    .values({ ...demo, name: 'Demonstration' })
    .onConflictDoNothing()
}
