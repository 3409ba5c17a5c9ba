import { type IncomingMessage, type RequestOptions, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { WireRequest, WireResponse } from './message.ts'

/** No response came: the reason stands in the message. */
export class NoResponse extends Error {
  override readonly name = 'NoResponse'
}

/** What is read of a body: the suite looks at small answers only. */
const maxBodyLength = 1_000_000

/**
 * Sends a request on a connection of its own, without touching its target, headers or body.
 *
 * @throws NoResponse when the provider cannot be reached, hangs up, or takes longer than `timeoutSeconds`.
 */
export function send(request: WireRequest, timeoutSeconds: number): Promise<WireResponse> {
  const { scheme, authority, target } = partsOf(request.url)
  const { hostname, port } = new URL(`${scheme}://${authority}`)
  const body = request.body === undefined ? undefined : Buffer.from(request.body)
  const options: RequestOptions = {
    method: request.method,
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? undefined : Number(port),
    path: target,
    headers: headerLines(request, authority, body).flat(),
    setHost: false,
    agent: false,
    signal: AbortSignal.timeout(timeoutSeconds * 1000),
  }
  return new Promise((resolve, reject) => {
    const failed = (error: Error) => reject(new NoResponse(reasonOf(error, timeoutSeconds)))
    const outgoing = (scheme === 'https' ? requestHttps : requestHttp)(options, (incoming) => {
      read(incoming).then(resolve, failed)
    })
    outgoing.once('error', failed)
    outgoing.end(body)
  })
}

/** A URL in three parts, each as it is written: `new URL` would change the path. */
function partsOf(url: string) {
  const [, scheme = 'http', authority = '', rest = ''] = /^(https?):\/\/([^/?#]*)(.*)$/is.exec(url) ?? []
  return {
    scheme: scheme.toLowerCase(),
    authority,
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

function reasonOf(error: Error & { readonly code?: unknown }, timeoutSeconds: number): string {
  if (error.name === 'TimeoutError' || error.name === 'AbortError' || error.code === 'ABORT_ERR')
    return `no response within ${timeoutSeconds} s`
  if (error.code === 'ECONNRESET' || error.code === 'EPIPE')
    return 'the connection was closed without a response'
  return error.message || String(error.code)
}
