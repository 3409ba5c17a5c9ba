import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Served } from './suite.ts'

/** Listens on a free port of 127.0.0.1. */
export async function listen(server: Server): Promise<Served> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    base: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
