import type { Client } from 'countersign'
import { clientRow, kyselyHooks, sweepExpired } from 'countersign/kysely'
import { db } from './database.ts'
import { createTables } from './tables.ts'

await createTables(db)
export const hooks = kyselyHooks(db)

/** Registers a client. */
export async function addClient(client: Client): Promise<void> {
  await db.insertInto('oauth_client').values(clientRow(client)).execute()
}

// Expired nonces, temporary credentials and tokens only take up space.
const sweeping = setInterval(() => sweepExpired(db, { tokens: true }).catch(console.error), 60_000).unref()

/** Closes the database, for a command or a test that ends. */
export async function closeStore(): Promise<void> {
  clearInterval(sweeping)
  await db.destroy()
}
