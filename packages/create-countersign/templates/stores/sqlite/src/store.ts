import { DatabaseSync } from 'node:sqlite'
import type { Client } from 'countersign'
import { schema, sqliteHooks } from './hooks.ts'

const db = new DatabaseSync(process.env['DATABASE_FILE'] ?? 'oauth.sqlite', { timeout: 5000 })
db.exec(`pragma journal_mode = wal; ${schema}`)
export const hooks = sqliteHooks(db)

/** Registers a client. */
export async function addClient({ clientId, clientSecret = null, callbacks = [] }: Client): Promise<void> {
  db.prepare('insert into client (id, secret, callbacks) values (?, ?, ?)').run(
    clientId,
    clientSecret,
    callbacks.join(' '),
  )
}

// Expired nonces, temporary credentials and tokens only take up space.
const sweeping = setInterval(() => {
  for (const table of ['nonce', 'temporary', 'token'])
    db.exec(`delete from ${table} where expires_at < unixepoch() - 60`)
}, 60_000).unref()

/** Closes the database, for a command or a test that ends. */
export async function closeStore(): Promise<void> {
  clearInterval(sweeping)
  db.close()
}
