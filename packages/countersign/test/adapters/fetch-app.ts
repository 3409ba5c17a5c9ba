import {
  currentAuthentication,
  currentCredential,
  endpoint,
  requireClient,
  requireOAuth,
} from 'countersign/fetch'
import { type App, guardsOf, handled, pairsOf, type Route, sizeOf } from './app.ts'
import { routeOf } from './routing.ts'

type Handler = (request: Request) => Promise<Response>

/** The test application as one Fetch handler. Errors become responses, as with a runtime's own error handler. */
export function fetchApp(app: App): Handler {
  const handlers = new Map<string, Handler>()
  for (const [path, response] of Object.entries(app.endpoints)) handlers.set(path, endpoint(response))
  const broken = app.endpoints['/oauth/broken'] as never
  handlers.set('/oauth/throw', endpoint(broken, { errors: 'throw' }))
  const handlerOf = (route: Route) =>
    guardsOf({ requireOAuth, requireClient }, app, route).reduceRight<Handler>(
      (next, guard) => guard(next),
      async (request) => Response.json(await route.handle(viewOf(request))),
    )
  for (const route of app.routes) handlers.set(route.path, handlerOf(route))
  handlers.set(`/mounted/deep${app.mounted.path}`, handlerOf(app.mounted))
  return async (request) => {
    try {
      return (await routeOf(handlers, request.url)?.(request)) ?? new Response(null, { status: 404 })
    } catch (error) {
      const { status, body } = handled(error)
      return new Response(body, { status })
    }
  }
}

function viewOf(request: Request) {
  return {
    byRequest: () => currentAuthentication(request),
    inContext: () => currentCredential(),
    authenticationInContext: () => currentAuthentication(),
    fields: async () => pairsOf(await request.text()),
    size: () => sizeOf(request.body as never),
    body: async () => new Uint8Array(await request.arrayBuffer()),
  }
}
