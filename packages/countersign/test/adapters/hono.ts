import { createServer } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { currentAuthentication, currentCredential, endpoint, requireOAuth } from 'countersign/hono'
import { type Context, Hono } from 'hono'
import { handled, pairsOf, type Route, sizeOf } from './app.ts'
import { listen } from './listen.ts'
import type { Harness } from './suite.ts'

export const harness: Harness = {
  name: 'Hono',
  parsers: ['none', 'before', 'after'],
  trustsProxy: false,
  believesTarget: true,
  serve(app, { parser }) {
    const web = new Hono()
    if (parser === 'before') {
      web.use(async (c, next) => {
        await c.req.parseBody()
        await next()
      })
    }
    for (const [path, answer] of Object.entries(app.endpoints)) web.all(path, endpoint(answer))
    web.all('/oauth/throw', endpoint(app.endpoints['/oauth/broken'] as never, { errors: 'throw' }))
    const add = (hono: Hono, { path, required, handle }: Route) => {
      for (const scope of required) hono.use(path, requireOAuth(app.protector, scope))
      hono.all(path, async (c) => c.json(await handle(viewOf(c, parser))))
    }
    for (const route of app.routes) add(web, route)
    const inner = new Hono()
    add(inner, app.mounted)
    web.route('/mounted/deep', inner)
    web.onError((error, c) => {
      const { status, body } = handled(error)
      return c.text(body, status as 500)
    })
    return listen(createServer(getRequestListener(web.fetch)))
  },
}

function viewOf(c: Context, parser: string) {
  return {
    byRequest: () => currentAuthentication(c),
    inContext: () => currentCredential(),
    fields: async () =>
      pairsOf(parser === 'after' ? await c.req.parseBody({ all: true }) : await c.req.text()),
    size: () => sizeOf(c.req.raw.body as never),
  }
}
