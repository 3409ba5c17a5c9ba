import { Readable } from 'node:stream'
import formbody from '@fastify/formbody'
import {
  countersign,
  currentAuthentication,
  currentCredential,
  endpoint,
  requireClient,
  requireOAuth,
} from 'countersign/fastify'
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import { guardsOf, handled, octetsOf, pairsOf, type Route, sizeOf } from './app.ts'
import type { Harness } from './suite.ts'

/** In which of Fastify's hooks the signature is checked: `onRequest` before parsing, `preHandler` after. */
export function harnessOf(hook: 'onRequest' | 'preHandler'): Harness {
  return {
    name: `Fastify, ${hook}`,
    ...(hook === 'preHandler' ? { parsesJsonFirst: ['none', 'before', 'after'] } : {}),
    parsers: ['none', 'before', 'after'],
    trustsProxy: true,
    async serve(app, { parser, trust }) {
      // Its own limit is 1 MiB for parsed bodies; `onRequest` refuses before it, `preHandler` needs room.
      const web = fastify({ trustProxy: trust, bodyLimit: 32 * 1024 * 1024 })
      if (parser === 'before') await web.register(formbody)
      await web.register(countersign, app.options.limits ? { limits: app.options.limits } : {})
      if (parser === 'after') await web.register(formbody)
      web.setErrorHandler((error, _request, reply) => {
        const { status, body } = handled(error)
        reply.code(status).send(body)
      })
      web.addContentTypeParser('*', (_request, payload, done) => done(null, payload))
      for (const [path, response] of Object.entries(app.endpoints)) web.all(path, endpoint(response))
      web.all('/oauth/throw', endpoint(app.endpoints['/oauth/broken'] as never, { errors: 'throw' }))
      const add = (at: FastifyInstance, route: Route) =>
        at.all(route.path, { [hook]: guardsOf({ requireOAuth, requireClient }, app, route) }, (request) =>
          route.handle(viewOf(request)),
        )
      for (const route of app.routes) add(web, route)
      await web.register(
        async (outer) => {
          await outer.register(async (inner) => add(inner, app.mounted), { prefix: '/deep' })
        },
        { prefix: '/mounted' },
      )
      const base = await web.listen({ port: 0, host: '127.0.0.1' })
      return { base, close: () => web.close() }
    },
  }
}

function viewOf(request: FastifyRequest) {
  return {
    byRequest: () => currentAuthentication(request),
    inContext: () => currentCredential(),
    authenticationInContext: () => currentAuthentication(),
    fields: async () => pairsOf(request.body),
    size: () => sizeOf(request.body as AsyncIterable<Uint8Array>),
    body: async () => (request.body instanceof Readable ? octetsOf(request.body) : request.body),
  }
}
