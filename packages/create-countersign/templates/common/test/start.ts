import assert from 'node:assert/strict'
import { once } from 'node:events'
import { listen } from '../src/app.ts'
import { addClient, closeStore } from '../src/store.ts'

/** Starts the application on a free port. */
export async function start() {
  const server = await listen(0, '127.0.0.1')
  const address = server.address()
  assert(address !== null && typeof address === 'object')
  const origin = `http://127.0.0.1:${address.port}`

  async function stop() {
    server.close()
    server.closeAllConnections()
    await once(server, 'close')
    await closeStore()
  }
  return { origin, addClient, stop }
}
