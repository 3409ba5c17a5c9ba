import { createServer, type IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream } from 'node:stream/web'
import { currentAuthentication, currentCredential, endpoint, requireOAuth } from 'countersign/fetch'
import { handled, pairsOf, type Route, sizeOf } from './app.ts'
import { listen } from './listen.ts'
import { routeOf } from './routing.ts'
import type { Harness } from './suite.ts'

type Handler = (request: Request) => Promise<Response>

export const harness: Harness = {
  name: 'Fetch',
  parsers: ['none'],
  trustsProxy: false,
  believesTarget: true,
  fetchLimits: true,
  serve(app) {
    const handlers = new Map<string, Handler>()
    for (const [path, answer] of Object.entries(app.endpoints)) handlers.set(path, endpoint(answer))
    const broken = app.endpoints['/oauth/broken'] as never
    handlers.set('/oauth/throw', endpoint(broken, { errors: 'throw' }))
    const handlerOf = ({ required, handle }: Route) =>
      required.reduceRight<Handler>(
        (next, scope) => requireOAuth(app.protector, scope)(next),
        async (request) => Response.json(await handle(viewOf(request))),
      )
    for (const route of app.routes) handlers.set(route.path, handlerOf(route))
    handlers.set(`/mounted/deep${app.mounted.path}`, handlerOf(app.mounted))
    return listen(bridge((request) => routeOf(handlers, request.url)?.(request)))
  },
}

/** The least that makes a Fetch handler a Node server. */
function bridge(handler: (request: Request) => Promise<Response> | undefined) {
  return createServer(async (req, res) => {
    let response: Response
    try {
      response = (await handler(requestOf(req))) ?? new Response(null, { status: 404 })
    } catch (error) {
      const { status, body } = handled(error)
      response = new Response(body, { status: error instanceof TypeError ? 400 : status })
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

function viewOf(request: Request) {
  return {
    byRequest: () => currentAuthentication(request),
    inContext: () => currentCredential(),
    fields: async () => pairsOf(await request.text()),
    size: () => sizeOf(request.body as ReadableStream<Uint8Array>),
  }
}
