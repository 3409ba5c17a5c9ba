import type { Client } from 'countersign'
import { createTestHarness, type WorkerHandle } from 'wrangler'
import * as clients from '../src/clients.ts'
import type { Database } from '../src/d1.ts'

/** Starts the Worker in workerd, on a free port, over an empty database. */
export async function start() {
  const secrets = { OAUTH1_INSECURE_TRANSPORT: 'true' }
  const server = createTestHarness({ workers: [{ configPath: './wrangler.jsonc', secrets }] })
  const { url } = await server.listen()
  await server.getWorker().applyD1Migrations('DB')

  async function addClient(client: Client): Promise<void> {
    const worker: WorkerHandle<{ DB: Database }> = server.getWorker()
    const { DB } = await worker.getEnv()
    await clients.addClient(DB, client)
  }
  return { origin: url.origin, addClient, stop: () => server.close() }
}
