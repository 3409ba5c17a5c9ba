import { createServer, type IncomingMessage, type Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { HttpResponse } from 'countersign'
import type { Listener } from '../listener.ts'
import { addressOf, ended, startedOn } from '../ports.ts'
import type { ProviderSettings } from '../settings/settings.ts'
import { badRequest, GatewayRefusal } from './gateway-refusal.ts'
import { jsonRefusal } from './gateway-response.ts'
import type { RequestHandler } from './request-handler.ts'
import { asksForWebSocket, type Tunnels } from './tunnel.ts'

/** How long an idle connection stays open; a proxy that closes its own earlier never sends into a closing one. */
const keepAliveMilliseconds = 5_000

/** How long a refused client may take to read the refusal. */
const closingMilliseconds = 2_000

/** @throws ConfigurationError when the port is taken, or the address does not belong to this machine. */
export async function listenAsGateway(
  handle: RequestHandler,
  tunnels: Tunnels,
  settings: ProviderSettings,
): Promise<Omit<Listener, 'reload'>> {
  const { port, host, requestTimeoutSeconds, shutdownSeconds, gateway, options } = settings
  const refuse = (socket: Duplex, refusal: GatewayRefusal) =>
    refuseOn(socket, jsonRefusal(refusal, options.errorPage))
  const server = createServer({
    headersTimeout: Math.min(requestTimeoutSeconds * 1000, 10_000),
    // A body may take as long as it needs, unless it stalls.
    requestTimeout: 0,
    keepAliveTimeout: keepAliveMilliseconds,
    connectionsCheckingInterval: 1_000,
    insecureHTTPParser: false,
    // Other upgrades are ignored (RFC 9110 §7.8). Before Node 24.9, which lacks this option, they are refused.
    shouldUpgradeCallback: asksForWebSocket,
  })
  const serve = (req: IncomingMessage, res: ServerResponse) => {
    if (!server.listening) res.shouldKeepAlive = false
    void handle(req, res)
  }
  server.on('request', serve).on('checkContinue', serve).on('checkExpectation', serve)
  server.on('upgrade', (req: IncomingMessage, socket: Duplex, first: Buffer) => {
    socket.on('error', () => socket.destroy())
    const res = new ServerResponse(req)
    res.shouldKeepAlive = false
    res.assignSocket(socket as Socket)
    res.once('finish', () => leave(socket))
    void handle(req, res, (admitted) => tunnels.open({ req, res, socket, first }, admitted))
  })
  server.on('connect', (_req: IncomingMessage, socket: Duplex) => {
    socket.on('error', () => socket.destroy())
    refuse(socket, new GatewayRefusal(405, 'method_not_allowed', 'CONNECT is not accepted here.'))
  })
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => refuse(socket, faultOf(error)))
  server.maxConnections = settings.maxConnections
  // Later than the upstream's time-outs, which send a response: a request may wait as long for its connection.
  const { idleTimeoutSeconds, responseTimeoutSeconds, connectTimeoutSeconds } = gateway
  const longestSeconds = Math.max(idleTimeoutSeconds, 2 * responseTimeoutSeconds + connectTimeoutSeconds)
  server.timeout = longestSeconds * 1000 + 5_000
  const names = { port: 'GATEWAY_PORT', host: 'GATEWAY_HOST' }
  const started = await startedOn({ port, host, names }, (done): Server => server.listen(port, host, done))
  return {
    address: addressOf(server, 'http', host),
    async stop() {
      tunnels.close()
      await ended(
        started,
        settings.origin === undefined ? 200 : keepAliveMilliseconds,
        shutdownSeconds * 1000,
      )
    },
  }
}

/** The response to a request that the parser refused. */
function faultOf({ code }: NodeJS.ErrnoException): GatewayRefusal {
  if (code === 'HPE_HEADER_OVERFLOW')
    return new GatewayRefusal(431, 'request_too_large', 'The head of the request is too large.')
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return new GatewayRefusal(408, 'request_timeout', 'The head of the request did not arrive in time.')
  return badRequest('The request is malformed.')
}

/** Ends a connection whose next octets could be anything. A response that has begun is cut off, never added to. */
function refuseOn(socket: Duplex, { status, headers, body }: HttpResponse): void {
  const { _httpMessage: response } = socket as { _httpMessage?: ServerResponse }
  if (!socket.writable || response?.headersSent) return void socket.destroy()
  const given = { ...headers, connection: 'close', 'content-length': String(Buffer.byteLength(body)) }
  const lines = Object.entries(given).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.write(`HTTP/1.1 ${status} Refused\r\n${lines.join('')}\r\n${body}`)
  leave(socket)
}

/** Closes a connection that the server no longer watches, even if its client neither reads nor leaves. */
function leave(socket: Duplex): void {
  const timer = setTimeout(() => socket.destroy(), closingMilliseconds)
  socket.once('close', () => clearTimeout(timer))
  // Further input is dropped, so that its end is noticed.
  socket.end()
  socket.resume()
}
