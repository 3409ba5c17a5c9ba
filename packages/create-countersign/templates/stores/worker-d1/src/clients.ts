import type { Client } from 'countersign'
import type { Database } from './d1.ts'

/** Registers a client. */
export async function addClient(db: Database, client: Client): Promise<void> {
  const { clientId, clientSecret = null, callbacks = [] } = client
  const statement = db.prepare('insert into client (clientId, clientSecret, callbacks) values (?, ?, ?)')
  await statement.bind(clientId, clientSecret, JSON.stringify(callbacks)).run()
}
