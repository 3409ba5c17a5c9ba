import type { Client } from 'countersign'
import { drizzleHooks, sweepExpired } from 'countersign/drizzle/pg'
import { closeDatabase, db, migrateDatabase } from './database.ts'
import { client, nonce, temporaryCredential, tokenCredential } from './schema.ts'

const tables = { client, temporaryCredential, tokenCredential, nonce }
await migrateDatabase()
export const hooks = drizzleHooks(db, tables)

/** Registers a client. */
export async function addClient({ clientId, clientSecret, callbacks = [] }: Client): Promise<void> {
  await db.insert(client).values({ clientId, clientSecret, callbacks })
}

// Expired nonces, temporary credentials and tokens only take up space.
const sweeping = setInterval(() => sweepExpired(db, { tables, tokens: true }).catch(console.error), 60_000)
sweeping.unref()

/** Closes the database, for a command or a test that ends. */
export async function closeStore(): Promise<void> {
  clearInterval(sweeping)
  await closeDatabase()
}
