import type { Server } from 'node:http'
import { Server as NetServer, type Socket } from 'node:net'
import { ConfigurationError } from 'countersign'

/** Where a server should listen, and the names of these settings. */
export interface Place {
  /** 0 for a free one. */
  readonly port: number
  readonly host: string
  readonly names: { readonly port: string; readonly host: string }
}

/** A server that listens, and its connections. */
export interface Started {
  readonly server: Server
  /** All of them, also those that the server does not list itself: in a TLS handshake, or upgraded. */
  readonly connections: ReadonlySet<Socket>
}

/**
 * @param start - Starts a server and calls a function once it listens.
 * @throws ConfigurationError when the port is taken, or the address does not belong to this machine.
 */
export function startedOn(place: Place, start: (done: () => void) => Server): Promise<Started> {
  return new Promise((resolve, reject) => {
    const connections = new Set<Socket>()
    const fail = (error: NodeJS.ErrnoException) => reject(faultOf(error, place))
    const server = start(() => {
      server.off('error', fail)
      resolve({ server, connections })
    })
    server.once('error', fail)
    server.on('connection', (socket) => {
      connections.add(socket)
      socket.once('close', () => connections.delete(socket))
    })
  })
}

function faultOf(error: NodeJS.ErrnoException, { port, host, names }: Place): Error {
  switch (error.code) {
    case 'EADDRINUSE':
      return new ConfigurationError(
        `Port ${port} on ${host} is taken. Stop what uses it, or set ${names.port} to another.`,
      )
    case 'EADDRNOTAVAIL':
    case 'EAFNOSUPPORT':
    case 'EAI_AGAIN':
    case 'EINVAL':
    case 'ENOTFOUND':
      return new ConfigurationError(`${names.host} ${host} is not an address of this machine.`)
    case 'EACCES':
      return new ConfigurationError(
        `Port ${port} may not be opened by this user. Set ${names.port} to 1024 or more.`,
      )
    default:
      return error
  }
}

/** The address that a server listens on, with its actual port. */
export function addressOf(server: Server, scheme: string, host: string): string {
  const bound = server.address()
  const port = typeof bound === 'object' && bound !== null ? bound.port : ''
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`
}

/**
 * Stops a server. It accepts waiting connections, closes its port, and only then do responses close their connections.
 * Idle connections are left open for a while: a request may be on its way on one of them, and its sender could not know
 * whether to send it again.
 *
 * @param idle - Milliseconds until idle connections are closed.
 * @param longest - Milliseconds until all are.
 */
export async function ended({ server, connections }: Started, idle: number, longest: number): Promise<void> {
  const closed = new Promise((resolve) => server.once('close', resolve))
  const latest = Date.now() + longest
  await queueEmptied(server, latest)
  // The server's own method closes idle connections at once.
  NetServer.prototype.close.call(server)
  const left = Math.max(0, latest - Date.now())
  const timers = [
    setTimeout(() => server.closeIdleConnections(), Math.min(idle, left)),
    setTimeout(() => {
      for (const socket of connections) socket.destroy()
    }, left),
  ]
  await closed
  for (const timer of timers) clearTimeout(timer)
  // It still checks for connections that are too slow.
  server.close(() => {})
}

/**
 * Node accepts one connection per turn of its event loop, and a socket that closes resets those still in its queue. The
 * first turn may have checked the socket before this function was called.
 */
async function queueEmptied(server: Server, latest: number): Promise<void> {
  let turns = 2
  const accept = () => {
    turns = 2
  }
  server.on('connection', accept).on('drop', accept)
  for (; turns > 0 && Date.now() < latest; turns--) await new Promise((resolve) => setImmediate(resolve))
  server.off('connection', accept).off('drop', accept)
}
