import { createServer } from 'node:http'
import {
  currentAuthentication,
  currentCredential,
  endpoint,
  keepRawBody,
  requireClient,
  requireOAuth,
} from 'countersign/express'
import express5, { type ErrorRequestHandler, type Request, type Response } from 'express'
import { guardsOf, handled, octetsOf, pairsOf, type Route, sizeOf, textOf } from './app.ts'
import { listen } from './listen.ts'
import type { Harness } from './suite.ts'

/** Which Express, and how its routes say "and whatever comes". */
export function harnessOf(name: string, express: typeof express5, wildcard: string): Harness {
  return {
    name,
    parsers: ['none', 'before', 'after'],
    trustsProxy: true,
    serve(app, { parser, trust }) {
      const web = express()
      // As in most applications; the parser of Express 4 leaves an empty body where it finds no JSON.
      const json = express.json({ verify: keepRawBody })
      if (parser !== 'after') web.use(json)
      if (trust) web.set('trust proxy', true)
      const parse = express.urlencoded({ extended: true, verify: keepRawBody, limit: '2mb' })
      if (parser === 'before') web.use(parse)
      for (const [path, response] of Object.entries(app.endpoints)) web.all(path, endpoint(response))
      web.all('/oauth/throw', endpoint(app.endpoints['/oauth/broken'] as never, { errors: 'throw' }))
      const after = parser === 'after' ? [json, parse] : []
      const handlers = (route: Route) => [
        ...guardsOf({ requireOAuth, requireClient }, app, route),
        ...after,
        async (req: Request, res: Response) => {
          res.json(await route.handle(viewOf(req)))
        },
      ]
      for (const route of app.routes) web.all(route.path.replace('*', wildcard), handlers(route))
      const inner = express.Router()
      inner.all(app.mounted.path, handlers(app.mounted))
      const outer = express.Router()
      outer.use('/deep', inner)
      web.use('/mounted', outer)
      const onError: ErrorRequestHandler = (error, _req, res, _next) => {
        const { status, body } = handled(error)
        res.status(status).send(body)
      }
      web.use(onError)
      return listen(createServer(web))
    },
  }
}

export const harness = harnessOf('Express 5', express5, '*rest')

function viewOf(req: Request) {
  return {
    byRequest: () => currentAuthentication(req),
    inContext: () => currentCredential(),
    authenticationInContext: () => currentAuthentication(),
    fields: async () => pairsOf(req.body ?? (await textOf(req))),
    size: () => sizeOf(req),
    body: async () => (req.readableEnded ? req.body : octetsOf(req)),
  }
}
