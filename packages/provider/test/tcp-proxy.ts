import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** Stands in front of a server: it can be cut, made to hang, and restored. */
export interface TcpProxy {
  /** The URL of the server, with the proxy's address in the place of its own. */
  readonly url: string
  /** Connections that are open now. */
  count(): number
  /** Passes nothing on any more: requests and new connections get no response. */
  hang(): void
  /** Ends all connections, and refuses new ones. */
  cut(): Promise<void>
  /** Passes everything on again. Connections that hung stay dead. */
  restore(): Promise<void>
  close(): Promise<void>
}

export async function tcpProxy(target: string): Promise<TcpProxy> {
  const url = new URL(target)
  const [host, targetPort] = [url.hostname, Number(url.port)]
  const sockets = new Set<Socket>()
  let isHanging = false
  const server = createServer((client) => {
    const upstream = connect(targetPort, host)
    const pair = [client, upstream] as const
    for (const socket of pair) {
      sockets.add(socket)
      const other = socket === client ? upstream : client
      let isDead = false
      socket.on('error', () => {})
      socket.on('data', (data) => {
        isDead ||= isHanging
        if (!isDead) other.write(data)
      })
      socket.on('close', () => {
        sockets.delete(socket)
        other.destroy()
      })
    }
  })
  const listen = async (port: number) => {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
  }
  const stop = async () => {
    const closed = server.listening ? once(server, 'close') : undefined
    server.close()
    for (const socket of sockets) socket.resetAndDestroy()
    await closed
  }
  await listen(0)
  const { port } = server.address() as AddressInfo
  url.host = `127.0.0.1:${port}`
  return {
    url: url.href,
    count: () => sockets.size / 2,
    hang() {
      isHanging = true
    },
    cut: stop,
    async restore() {
      isHanging = false
      if (!server.listening) await listen(port)
    },
    close: stop,
  }
}
