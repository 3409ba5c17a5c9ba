import { type IncomingMessage, type RequestOptions, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { connect as connectPlain, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { WireRequest, WireResponse } from './message.ts'

/** No response came; the message has the reason. */
export class NoResponse extends Error {
  override readonly name = 'NoResponse'
}

/** In octets; the rest of a body is not read. */
const maxBodyLength = 1_000_000

/**
 * Open connections, one for each request: requests sent on all of them arrive at once.
 *
 * @throws NoResponse when the provider cannot be reached.
 */
export function connections(url: string, count: number, timeoutSeconds: number): Promise<Socket[]> {
  return Promise.all(Array.from({ length: count }, () => connection(url, timeoutSeconds)))
}

function connection(url: string, timeoutSeconds: number): Promise<Socket> {
  const { scheme, host, port } = partsOf(url)
  const isSecure = scheme === 'https'
  const socket = isSecure
    ? connectTls({ host, port, ...(isIP(host) === 0 ? { servername: host } : {}) })
    : connectPlain({ host, port })
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => socket.destroy(new Error('no connection in time')), timeoutSeconds * 1000)
    // The listener stays: a connection that breaks before use must not end the process.
    socket.on('error', (error) => reject(new NoResponse(reasonOf(error))))
    socket.once('close', () => clearTimeout(timer))
    socket.once(isSecure ? 'secureConnect' : 'connect', () => {
      clearTimeout(timer)
      resolve(socket)
    })
  })
}

/**
 * Sends a request on a separate connection, without touching its target, headers or body.
 *
 * @param socket - A connection that is already open.
 * @throws NoResponse when the provider cannot be reached, hangs up, or takes longer than `timeoutSeconds`.
 */
export function send(request: WireRequest, timeoutSeconds: number, socket?: Socket): Promise<WireResponse> {
  const { scheme, authority, host, port, target } = partsOf(request.url)
  const body = request.body === undefined ? undefined : Buffer.from(request.body)
  const signal = AbortSignal.timeout(timeoutSeconds * 1000)
  const options: RequestOptions = {
    method: request.method,
    host,
    port,
    path: target,
    headers: headerLines(request, authority, body).flat(),
    setHost: false,
    agent: false,
    signal,
    ...(socket ? { createConnection: () => socket } : {}),
  }
  return new Promise((resolve, reject) => {
    const late = `no response within ${timeoutSeconds} s`
    const failed = (error: Error) => reject(new NoResponse(signal.aborted ? late : reasonOf(error)))
    const outgoing = (scheme === 'https' ? requestHttps : requestHttp)(options, (incoming) => {
      read(incoming).then(resolve, failed)
    })
    outgoing.once('error', failed)
    outgoing.end(body)
  })
}

/** A URL in parts, each as written: `new URL` would change the path. */
function partsOf(url: string) {
  const [, given = 'http', authority = '', rest = ''] = /^(https?):\/\/([^/?#]*)(.*)$/is.exec(url) ?? []
  const scheme = given.toLowerCase()
  const { hostname, port } = new URL(`${scheme}://${authority}`)
  return {
    scheme,
    authority,
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? (scheme === 'https' ? 443 : 80) : Number(port),
    target: rest.startsWith('/') ? rest : `/${rest}`,
  }
}

function headerLines({ method, headers }: WireRequest, authority: string, body: Buffer | undefined) {
  const has = (name: string) => headers.some(([given]) => given.toLowerCase() === name)
  const lines: [string, string][] = has('host') ? [] : [['Host', authority]]
  for (const [name, value] of headers) lines.push([name, value])
  if (body !== undefined || !/^(?:GET|HEAD|DELETE|OPTIONS)$/.test(method))
    lines.push(['Content-Length', String(body?.length ?? 0)])
  lines.push(['Connection', 'close'])
  return lines
}

async function read(incoming: IncomingMessage): Promise<WireResponse> {
  const { statusCode = 0, statusMessage = '', rawHeaders } = incoming
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    length += chunk.length
    if (length > maxBodyLength) break
  }
  const headers = rawHeaders.flatMap((name, at): [string, string][] =>
    at % 2 === 0 ? [[name, rawHeaders[at + 1] ?? '']] : [],
  )
  return { status: statusCode, reason: statusMessage, headers, body: Buffer.concat(chunks).toString() }
}

function reasonOf({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'ECONNRESET' || code === 'EPIPE') return 'the connection was closed without a response'
  return message || String(code)
}
