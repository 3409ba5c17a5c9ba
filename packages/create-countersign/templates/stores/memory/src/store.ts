import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import type { Client } from 'countersign'
import { memoryHooks } from 'countersign/memory'

// Clients are in a file, so that `npm run client` adds one while the server runs. Everything else is in this process's
// memory, and gone when it ends.
const file = process.env['CLIENTS_FILE'] ?? 'clients.json'

export const hooks = { ...memoryHooks(), queryClient }

async function queryClient(clientId: string): Promise<Client | undefined> {
  const clients = await readClients()
  return clients.find((client) => client.clientId === clientId)
}

async function readClients(): Promise<Client[]> {
  return existsSync(file) ? JSON.parse(await readFile(file, 'utf8')) : []
}

/** Registers a client. */
export async function addClient(client: Client): Promise<void> {
  const clients = [...(await readClients()), client]
  // It contains secrets: only the owner reads it.
  await writeFile(file, `${JSON.stringify(clients, undefined, 2)}\n`, { mode: 0o600 })
}

/** Closes what a command or a test has opened: nothing here. */
export async function closeStore(): Promise<void> {}
