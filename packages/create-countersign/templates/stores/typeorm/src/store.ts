import type { Client } from 'countersign'
import { sweepExpired, typeormHooks } from 'countersign/typeorm'
import { dataSource } from './database.ts'
import { client, nonce, temporaryCredential, tokenCredential } from './entities.ts'

const entities = { client, tokenCredential, temporaryCredential, nonce }
await dataSource.initialize()
export const hooks = typeormHooks(dataSource, entities)

/** Registers a client. */
export async function addClient({ clientId, clientSecret, callbacks = [] }: Client): Promise<void> {
  await dataSource.getRepository(client).insert({ clientId, clientSecret, callbacks: [...callbacks] })
}

// Expired nonces, temporary credentials and tokens only take up space.
const sweeping = setInterval(() => {
  sweepExpired(dataSource, { entities, tokens: true }).catch(console.error)
}, 60_000).unref()

/** Closes the database, for a command or a test that ends. */
export async function closeStore(): Promise<void> {
  clearInterval(sweeping)
  await dataSource.destroy()
}
