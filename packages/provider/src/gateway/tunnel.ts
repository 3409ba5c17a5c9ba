import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { Duplex } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { OverloadError } from '../limits/overload-error.ts'
import type { GatewaySettings } from '../settings/gateway-settings.ts'
import { compareEmptyBody } from './forwarded-body.ts'
import { hasHeader, responseHeaders } from './forwarded-headers.ts'
import { type AdmittedRequest, sendHead } from './forwarding.ts'
import { badRequest } from './gateway-refusal.ts'
import { type Notice, withNotice } from './noticed-headers.ts'
import { tooLate, upstreamFault } from './upstream.ts'

/** The client's end of a connection that becomes a WebSocket. */
export interface UpgradeRequest {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly socket: Duplex
  /** Octets that the client sent after the head. */
  readonly first: Buffer
}

/** Whether a request asks for a WebSocket (RFC 6455 §4.1): the only protocol that a connection may change to. */
export function asksForWebSocket({ method, headers }: IncomingMessage): boolean {
  return (
    method === 'GET' &&
    headers.upgrade?.toLowerCase() === 'websocket' &&
    headers['sec-websocket-key'] !== undefined &&
    headers['content-length'] === undefined &&
    headers['transfer-encoding'] === undefined
  )
}

/** Open WebSockets, which the HTTP server no longer tracks. */
export class Tunnels {
  readonly #upstream: string
  readonly #settings: GatewaySettings
  readonly #open = new Set<Duplex>()
  #isClosed = false

  constructor(upstream: string, settings: GatewaySettings) {
    this.#upstream = upstream
    this.#settings = settings
  }

  /**
   * Asks the upstream for a WebSocket, and connects both sides if it agrees; any other response is passed on.
   *
   * @throws GatewayRefusal 400, 502 or 504; OverloadError after `close`.
   */
  async open(client: UpgradeRequest, { head, headers, bodyHash, notice }: AdmittedRequest): Promise<void> {
    const { req } = client
    if (!asksForWebSocket(req)) throw badRequest('A connection can be upgraded to a WebSocket only, by GET.')
    if (bodyHash !== undefined) await compareEmptyBody(bodyHash)
    if (this.#isClosed) throw stopping()
    const leaving = new AbortController()
    const stopWatching = whenLeft(client.socket, () => leaving.abort())
    let reply: Reply
    try {
      reply = await this.#ask(head.target, headers, leaving.signal)
      if ('response' in reply)
        return await this.#pass(reply.response, client.res, { notice, signal: leaving.signal })
    } finally {
      stopWatching()
    }
    if (this.#isClosed) {
      reply.socket.destroy()
      throw stopping()
    }
    await this.#join(client, reply, notice)
  }

  /** Closes all of them, because a WebSocket does not end by itself, and opens no other. */
  close(): void {
    this.#isClosed = true
    for (const socket of this.#open) socket.destroy()
  }

  #ask(target: string, headers: readonly string[], signal: AbortSignal): Promise<Reply> {
    const { protocol, hostname, port } = new URL(this.#upstream)
    const { connectTimeoutSeconds, responseTimeoutSeconds } = this.#settings
    const isSecure = protocol === 'https:'
    const send = isSecure ? httpsRequest : httpRequest
    const upgrade = ['connection', 'Upgrade', 'upgrade', 'websocket']
    const host = hasHeader(headers, 'host') ? [] : ['host', new URL(this.#upstream).host]
    return new Promise((resolve, reject) => {
      const asked = send({
        agent: false,
        host: hostname.replace(/^\[|\]$/g, ''),
        port: port || (isSecure ? 443 : 80),
        method: 'GET',
        path: target,
        headers: [...host, ...headers, ...upgrade],
        setHost: false,
        signal,
      })
      const giveUp = () => asked.destroy(tooLate())
      let timer = setTimeout(giveUp, connectTimeoutSeconds * 1000)
      asked.once('socket', (connection) =>
        connection.once(isSecure ? 'secureConnect' : 'connect', () => {
          clearTimeout(timer)
          timer = setTimeout(giveUp, responseTimeoutSeconds * 1000)
        }),
      )
      const settle = (reply: Reply) => {
        clearTimeout(timer)
        resolve(reply)
      }
      asked.on('upgrade', (response, socket, first) => settle({ upgraded: response, socket, first }))
      asked.on('response', (response) => settle({ response }))
      asked.on('error', (error) => {
        clearTimeout(timer)
        reject(upstreamFault(error))
      })
      asked.end()
    })
  }

  /** Passes on the response of an upstream that does not agree to a WebSocket. */
  #pass(response: IncomingMessage, res: ServerResponse, { notice, signal }: Passing): Promise<void> {
    response.setTimeout(this.#settings.idleTimeoutSeconds * 1000, () => response.destroy())
    const { statusCode: status = 502, statusMessage: reason, rawHeaders: headers } = response
    sendHead(res, { status, reason, headers }, notice)
    return pipeline(response, res, { signal })
  }

  async #join({ res, socket, first }: UpgradeRequest, upstream: Agreement, notice: Notice): Promise<void> {
    const ends = [socket, upstream.socket]
    const idle = this.#settings.idleTimeoutSeconds * 1000
    for (const end of ends) {
      this.#open.add(end)
      ;(end as Duplex & { setTimeout(after: number, run: () => void): void }).setTimeout(idle, () =>
        end.destroy(),
      )
    }
    res.statusCode = 101
    res.detachSocket(socket as never)
    // Its headers are octets, one character each.
    socket.write(switchingHead(upstream.upgraded, notice), 'latin1')
    if (upstream.first.length > 0) socket.write(upstream.first)
    if (first.length > 0) upstream.socket.write(first)
    try {
      await Promise.all([pipeline(socket, upstream.socket), pipeline(upstream.socket, socket)])
    } catch {
      // If one side breaks off, so does the other.
    } finally {
      for (const end of ends) {
        end.destroy()
        this.#open.delete(end)
      }
    }
  }
}

function stopping(): OverloadError {
  return new OverloadError('The gateway stops, and opens no WebSocket.', 2)
}

/**
 * Calls a function when the client leaves, before its connection is read.
 *
 * @returns A function that ends the watch.
 */
function whenLeft(socket: Duplex, run: () => void): () => void {
  // Only a reader sees the end of a stream.
  const look = () => {
    if (socket.readableLength === 0) socket.read()
  }
  const stop = () => void socket.off('readable', look).off('end', leave).off('close', leave)
  const leave = () => {
    stop()
    run()
  }
  socket.on('readable', look).on('end', leave).on('close', leave)
  return stop
}

/** How a response is passed on. */
interface Passing {
  readonly notice: Notice
  readonly signal: AbortSignal
}

/** An upstream that agrees to a WebSocket. */
interface Agreement {
  readonly upgraded: IncomingMessage
  readonly socket: Duplex
  readonly first: Buffer
}

type Reply = Agreement | { readonly response: IncomingMessage }

function switchingHead({ rawHeaders }: IncomingMessage, notice: Notice): string {
  const kept = withNotice(responseHeaders(rawHeaders), notice)
  const lines = kept.flatMap((name, at) => (at % 2 === 0 ? [`${name}: ${kept[at + 1]}`] : []))
  const head = ['HTTP/1.1 101 Switching Protocols', 'Connection: Upgrade', 'Upgrade: websocket', ...lines]
  return `${head.join('\r\n')}\r\n\r\n`
}
