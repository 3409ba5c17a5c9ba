import type { Client } from 'countersign'
import { memoryHooks } from 'countersign/memory'
import type { OpenStore } from '../backend.ts'

export async function reset(): Promise<void> {}

export async function open(): Promise<OpenStore> {
  const hooks = memoryHooks()
  // `memoryHooks` is given its clients when it is made, so each added one creates a new store.
  const clients: Client[] = []
  let lookup = memoryHooks()
  return {
    hooks: { ...hooks, queryClient: (clientId) => lookup.queryClient(clientId) },
    addClient: async (client) => {
      clients.push(client)
      lookup = memoryHooks({ clients })
    },
    addToken: async (token) => void (await hooks.createTokenCredential(token)),
    close: async () => {},
  }
}
