import type { Client } from 'countersign'
import { createTestHarness } from 'wrangler'

/** Starts the Worker in workerd, on a free port. */
export async function start() {
  const server = createTestHarness(optionsWith([]))
  const { url } = await server.listen()

  async function addClient(client: Client): Promise<void> {
    await server.update(optionsWith([client]))
  }
  return { origin: url.origin, addClient, stop: () => server.close() }
}

function optionsWith(clients: Client[]) {
  const secrets = { OAUTH1_INSECURE_TRANSPORT: 'true', CLIENTS: JSON.stringify(clients) }
  return { workers: [{ configPath: './wrangler.jsonc', secrets }] }
}
