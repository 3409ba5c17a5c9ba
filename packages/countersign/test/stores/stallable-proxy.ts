import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A TCP proxy before a server that the test may not stop: the way to the server is what fails. */
export interface StallableProxy {
  readonly port: number
  /** Connections stay open, and nothing comes through. */
  readonly stall: () => void
  readonly resume: () => void
  /** Connections break, and new ones are refused. */
  readonly cut: () => Promise<void>
  readonly restore: () => Promise<void>
}

export async function startProxy(targetHost: string, targetPort: number): Promise<StallableProxy> {
  const sockets = new Set<Socket>()
  let stalled = false
  const server = createServer((near) => {
    const far = connect(targetPort, targetHost)
    for (const socket of [near, far]) {
      sockets.add(socket)
      const other = socket === near ? far : near
      socket.on('data', (octets) => other.write(octets))
      socket.on('error', () => {})
      socket.on('close', () => {
        sockets.delete(socket)
        other.destroy()
      })
      if (stalled) socket.pause()
    }
  })
  const listen = async (port: number) => {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
  }
  await listen(0)
  const { port } = server.address() as AddressInfo
  return {
    port,
    stall() {
      stalled = true
      for (const socket of sockets) socket.pause()
    },
    resume() {
      stalled = false
      for (const socket of sockets) socket.resume()
    },
    async cut() {
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
    restore: () => listen(port),
  }
}
