import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { HttpRequest } from '../../../packages/countersign/src/protocol/http.ts'

/** A request as it left a client, to the octet. */
export interface Sent {
  readonly request: HttpRequest
  /** A body that is no form. */
  readonly content?: string
}

export interface Capture {
  /** Also a proxy for plain HTTP, through which clients reach hosts and ports that are not there. */
  readonly origin: string
  readonly port: number
  /** The requests whose path begins with `/NAME/`, in the order in which they came. */
  sent(name: string): readonly Sent[]
  close(): Promise<void>
}

/** A server that responds to everything alike and keeps what it was sent. */
export async function openCapture(): Promise<Capture> {
  const requests: { readonly path: string; readonly sent: Sent }[] = []
  const server = createServer(async (req, res) => {
    const chunks: Buffer[] = []
    for await (const chunk of req) chunks.push(chunk as Buffer)
    // A proxy is sent the whole address. In both cases the host comes from the header, without a default port.
    const path = (req.url ?? '').replace(/^http:\/\/[^/?]*/, '')
    const url = `http://${req.headers.host}${path}`
    requests.push({ path, sent: sentOf(req.method ?? '', url, req.headersDistinct, chunks) })
    res.setHeader('content-type', 'application/json')
    res.end('{"meta":{},"response":{}}')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    origin: `http://127.0.0.1:${port}`,
    port,
    sent: (name) => requests.flatMap(({ path, sent }) => (path.startsWith(`/${name}/`) ? [sent] : [])),
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

function sentOf(
  method: string,
  url: string,
  headers: Readonly<Record<string, string[] | undefined>>,
  chunks: readonly Buffer[],
): Sent {
  const single = Object.entries(headers).map(([name, values = []]) => [
    name,
    values.length > 1 ? values : values[0],
  ])
  const text = Buffer.concat(chunks).toString()
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(headers['content-type']?.[0] ?? '')
  const request = { method, url, headers: Object.fromEntries(single) as HttpRequest['headers'] }
  if (text === '') return { request }
  return isForm ? { request: { ...request, body: text } } : { request, content: text }
}
