import {
  currentAuthentication,
  currentCredential,
  endpoint,
  requireClient,
  requireOAuth,
} from 'countersign/hono'
import { type Context, Hono } from 'hono'
import { type App, guardsOf, handled, octetsOf, pairsOf, type Route, sizeOf } from './app.ts'

/** The test application in Hono, for whichever runtime. */
export function honoApp(app: App, parser: string): Hono {
  const web = new Hono()
  if (parser === 'before') {
    web.use(async (c, next) => {
      await c.req.parseBody()
      await next()
    })
  }
  for (const [path, response] of Object.entries(app.endpoints)) web.all(path, endpoint(response))
  web.all('/oauth/throw', endpoint(app.endpoints['/oauth/broken'] as never, { errors: 'throw' }))
  const add = (hono: Hono, route: Route) => {
    for (const guard of guardsOf({ requireOAuth, requireClient }, app, route)) hono.use(route.path, guard)
    hono.all(route.path, async (c) => c.json(await route.handle(viewOf(c, parser))))
  }
  for (const route of app.routes) add(web, route)
  const inner = new Hono()
  add(inner, app.mounted)
  web.route('/mounted/deep', inner)
  web.onError((error, c) => {
    const { status, body } = handled(error)
    return c.text(body, status as 500)
  })
  return web
}

function viewOf(c: Context, parser: string) {
  return {
    byRequest: () => currentAuthentication(c),
    inContext: () => currentCredential(),
    authenticationInContext: () => currentAuthentication(),
    fields: async () =>
      pairsOf(parser === 'after' ? await c.req.parseBody({ all: true }) : await c.req.text()),
    size: () => sizeOf(c.req.raw.body as never),
    body: async () =>
      parser === 'none' && c.req.raw.body
        ? octetsOf(c.req.raw.body as never)
        : new Uint8Array(await c.req.arrayBuffer()),
  }
}
