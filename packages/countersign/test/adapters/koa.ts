import { createServer } from 'node:http'
import { bodyParser } from '@koa/bodyparser'
import Router from '@koa/router'
import {
  currentAuthentication,
  currentCredential,
  endpoint,
  requireClient,
  requireOAuth,
} from 'countersign/koa'
import Koa, { type Context, type Middleware } from 'koa'
import { guardsOf, handled, octetsOf, pairsOf, type Route, sizeOf, textOf } from './app.ts'
import { listen } from './listen.ts'
import type { Harness } from './suite.ts'

const verbs = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'QUERY']

export const harness: Harness = {
  name: 'Koa',
  parsers: ['none', 'before', 'after'],
  trustsProxy: true,
  serve(app, { parser, trust }) {
    const web = new Koa({ proxy: trust })
    web.use(async (ctx, next) => {
      try {
        await next()
      } catch (error) {
        const { status, body } = handled(error)
        ctx.status = status
        ctx.body = body
      }
    })
    const parse = bodyParser({ formLimit: '2mb', parsedMethods: verbs })
    if (parser === 'before') web.use(parse)
    const router = new Router()
    const all = (at: Router, path: string, ...middleware: Middleware[]) =>
      at.register(path.replace('*', '{*rest}'), verbs, middleware)
    for (const [path, response] of Object.entries(app.endpoints)) all(router, path, endpoint(response))
    all(router, '/oauth/throw', endpoint(app.endpoints['/oauth/broken'] as never, { errors: 'throw' }))
    const handlers = (route: Route) => [
      ...guardsOf({ requireOAuth, requireClient }, app, route),
      ...(parser === 'after' ? [parse] : []),
      async (ctx: Context) => {
        ctx.body = await route.handle(viewOf(ctx))
      },
    ]
    for (const route of app.routes) all(router, route.path, ...handlers(route))
    const inner = new Router({ prefix: '/deep' })
    all(inner, app.mounted.path, ...handlers(app.mounted))
    router.use('/mounted', inner.routes())
    web.use(router.routes())
    return listen(createServer(web.callback()))
  },
}

function viewOf(ctx: Context) {
  return {
    byRequest: () => currentAuthentication(ctx),
    inContext: () => currentCredential(),
    authenticationInContext: () => currentAuthentication(),
    fields: async () => pairsOf((ctx.request as { body?: unknown }).body ?? (await textOf(ctx.req))),
    size: () => sizeOf(ctx.req),
    body: async () => (ctx.req.readableEnded ? (ctx.request as { body?: unknown }).body : octetsOf(ctx.req)),
  }
}
