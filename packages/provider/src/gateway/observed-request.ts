import type { IncomingMessage, ServerResponse } from 'node:http'
import type { HttpRequest } from 'countersign'
import { randomText } from '../random.ts'
import { isTrustedPeer, type Peer, peerNetwork } from '../requests/client-address.ts'
import { type RequestContext, withRequest } from '../requests/request-context.ts'
import type { GatewayServices } from './gateway-services.ts'
import type { Route } from './routes.ts'

/** A request while it is being served. */
export interface ObservedRequest {
  readonly requestId: string
  /** Set once it is known, for the log and the metrics. */
  route?: Route
  /** The response's reason for a refusal, for the log. */
  code?: string | undefined
  /** Its signed parts, once they are read. */
  signed?: HttpRequest
}

/** Serves one request; it does not reject. */
export type Serve = (observed: ObservedRequest) => Promise<void>

/** Instead of a status, if the client left before there was one. */
const clientLeft = 499

/** Returns a function that serves a request and reports it to the log and the metrics. */
export function requestObserver({
  log,
  settings,
  telemetry,
}: Pick<GatewayServices, 'log' | 'settings' | 'telemetry'>): (
  req: IncomingMessage,
  res: ServerResponse,
  serve: Serve,
) => Promise<void> {
  const networkOf = peerNetwork(settings)
  const isTrusted = isTrustedPeer(settings)
  const scheme = settings.origin?.split(':', 1)[0] ?? 'http'

  const observe = async (req: IncomingMessage, res: ServerResponse, serve: Serve, trace?: unknown) => {
    const start = performance.now()
    const peer = peerOf(req)
    const { method, path } = lineOf(req)
    const requestId = randomText(16)
    const callerRequestId = isTrusted(peer) ? readableId(peer.header('x-request-id')) : undefined
    const network = networkOf(peer)
    const context: RequestContext = { requestId, callerRequestId, method, path, network, trace }
    const observed: ObservedRequest = { requestId }
    await withRequest(context, () => serve(observed))
    const passed = performance.now() - start
    // The head of a WebSocket bypasses the response object.
    const isSent = res.headersSent || res.statusCode === 101
    const status = isSent ? res.statusCode : clientLeft
    const route = observed.route?.pattern ?? 'none'
    telemetry.metrics?.request({ method, route, status, seconds: passed / 1000 })
    const { userId, clientId } = context
    const parties = { requestId, callerRequestId, userId, clientId }
    const milliseconds = Math.round(passed * 10) / 10
    const { code } = observed
    log.info({ ...parties, method, path, route, status, code, milliseconds, network }, 'request')
    return { route, status, clientId }
  }

  const { tracing } = telemetry
  return async (req, res, serve) => {
    // A client may leave at any moment, even while its request is not being read.
    req.on('error', () => {})
    if (tracing === undefined) return void (await observe(req, res, serve))
    // Only trusted proxies' trace headers are believed, as in the provider.
    const headers = isTrusted(peerOf(req)) ? (req.headers as Record<string, string>) : {}
    await tracing.request({ ...lineOf(req), scheme, headers }, (trace) => observe(req, res, serve, trace))
  }
}

function lineOf({ method = '', url = '' }: IncomingMessage): {
  readonly method: string
  readonly path: string
} {
  const [path = ''] = url.split('?', 1)
  return { method, path }
}

export function peerOf({ socket, headers }: IncomingMessage): Peer {
  return { address: socket.remoteAddress, header: (name) => headers[name]?.toString() }
}

/** An identifier, if it is safe for a log. */
function readableId(given: string | undefined): string | undefined {
  return given !== undefined && /^[\x21-\x7e]{1,128}$/.test(given) ? given : undefined
}
