import { createServer, type IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream } from 'node:stream/web'
import { handled } from './app.ts'
import { fetchApp } from './fetch-app.ts'
import { listen } from './listen.ts'
import type { Harness } from './suite.ts'

export const harness: Harness = {
  name: 'Fetch',
  parsers: ['none'],
  trustsProxy: false,
  believesTarget: true,
  fetchLimits: true,
  serve: (app) => listen(bridge(fetchApp(app))),
}

/** The least that makes a Fetch handler a Node server. */
function bridge(handler: (request: Request) => Promise<Response>) {
  return createServer(async (req, res) => {
    let response: Response
    try {
      response = await handler(requestOf(req))
    } catch (error) {
      // A request that Fetch cannot express.
      response = new Response(handled(error).body, { status: 400 })
    }
    const text = Buffer.from(await response.arrayBuffer())
    res.writeHead(response.status, { ...Object.fromEntries(response.headers), 'content-length': text.length })
    await pipeline(Readable.from([text]), res).catch(() => {})
  })
}

function requestOf(req: IncomingMessage): Request {
  const target = req.url ?? '/'
  const url = target.startsWith('/') ? `http://${req.headers.host}${target}` : target
  const headers = new Headers()
  for (let i = 0; i < req.rawHeaders.length; i += 2)
    headers.append(req.rawHeaders[i] as string, req.rawHeaders[i + 1] as string)
  if (req.method === 'GET' || req.method === 'HEAD') return new Request(url, { method: req.method, headers })
  const body = Readable.toWeb(req) as ReadableStream<Uint8Array>
  return new Request(url, { method: req.method ?? 'GET', headers, body, duplex: 'half' })
}
