import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Listens on a free port, at a host with letters. */
export async function listen(server: Server): Promise<{ readonly base: string; close(): Promise<void> }> {
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
  return {
    base: `http://localhost:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
