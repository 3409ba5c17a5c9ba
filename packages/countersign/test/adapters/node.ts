import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import {
  currentAuthentication,
  currentCredential,
  endpoint,
  requireClient,
  requireOAuth,
} from 'countersign/node'
import { guardsOf, handled, octetsOf, pairsOf, type Route, sizeOf, textOf } from './app.ts'
import { listen } from './listen.ts'
import { routeOf } from './routing.ts'
import type { Harness } from './suite.ts'

type Handler = (req: IncomingMessage, res: ServerResponse) => Promise<void>

export const harness: Harness = {
  name: 'node:http',
  parsers: ['none'],
  trustsProxy: false,
  serve(app) {
    const handlers = new Map<string, Handler>()
    for (const [path, response] of Object.entries(app.endpoints)) handlers.set(path, endpoint(response))
    const broken = app.endpoints['/oauth/broken'] as never
    handlers.set('/oauth/throw', endpoint(broken, { errors: 'throw' }))
    const handlerOf = (route: Route) =>
      guardsOf({ requireOAuth, requireClient }, app, route).reduceRight<Handler>(
        (next, guard) => guard(next),
        async (req, res) => {
          const text = JSON.stringify(await route.handle(viewOf(req)))
          res.setHeader('content-type', 'application/json').end(text)
        },
      )
    for (const route of app.routes) handlers.set(route.path, handlerOf(route))
    handlers.set(`/mounted/deep${app.mounted.path}`, handlerOf(app.mounted))
    const server = createServer((req, res) => {
      const handler = routeOf(handlers, req.url ?? '/')
      if (handler === undefined) return res.writeHead(404).end()
      return handler(req, res).catch((error) => {
        const { status, body } = handled(error)
        res.writeHead(status).end(body)
      })
    })
    return listen(server)
  },
}

function viewOf(req: IncomingMessage) {
  return {
    byRequest: () => currentAuthentication(req),
    inContext: () => currentCredential(),
    authenticationInContext: () => currentAuthentication(),
    fields: async () => pairsOf(await textOf(req)),
    size: () => sizeOf(req),
    body: () => octetsOf(req),
  }
}
