import { createServer, type IncomingMessage } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { bodyParser } from '@koa/bodyparser'
import { ResourceProtector } from 'countersign'
import * as onExpress from 'countersign/express'
import * as onFastify from 'countersign/fastify'
import * as onHono from 'countersign/hono'
import * as onKoa from 'countersign/koa'
import { memoryHooks } from 'countersign/memory'
import * as onNode from 'countersign/node'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import { methodOverride } from 'hono/method-override'
import Koa from 'koa'
import { afterEach, describe, expect, it } from 'vitest'
import { client, token } from './app.ts'
import { authorization, type Call, send } from './client.ts'
import { listen } from './listen.ts'
import type { Served } from './suite.ts'

const hooks = memoryHooks({ clients: [client], tokens: [{ ...token(), clientId: client.clientId }] })
const protector = new ResourceProtector({ hooks })

type Place = 'query' | 'form' | 'header'

/** As the packages method-override and koa-methodoverride do it. */
function override(request: { method?: string | undefined; originalMethod?: string }, method: unknown): void {
  request.originalMethod = request.originalMethod || request.method || ''
  if (typeof method === 'string') request.method = method.toUpperCase()
}

function overrideOf(req: IncomingMessage, place: Place, parsed?: unknown): unknown {
  if (place === 'header') return req.headers['x-http-method-override']
  if (place === 'form') return [(parsed as { _method?: unknown } | undefined)?._method].flat()[0]
  return new URL(req.url ?? '', 'http://h').searchParams.get('_method') ?? undefined
}

/** Each returns the verb that its handler sees, after middleware that overrides it by what it finds in one place. */
const frameworks: Readonly<
  Record<string, { places: readonly Place[]; serve: (place: Place) => Promise<Served> }>
> = {
  Express: {
    places: ['query', 'form', 'header'],
    serve: async (place) => {
      const web = express()
      web.use(express.urlencoded({ verify: onExpress.keepRawBody }))
      web.use((req, _res, next) => {
        override(req, overrideOf(req, place, req.body))
        next()
      })
      web.all('/x', onExpress.requireOAuth(protector), (req, res) => res.end(req.method))
      return listen(createServer(web))
    },
  },
  Koa: {
    places: ['query', 'form', 'header'],
    serve: async (place) => {
      const web = new Koa()
      web.use(bodyParser())
      web.use((ctx, next) => {
        override(ctx.request, overrideOf(ctx.req, place, ctx.request.body))
        return next()
      })
      web.use(onKoa.requireOAuth(protector))
      web.use((ctx) => {
        ctx.body = ctx.method
      })
      return listen(createServer(web.callback()))
    },
  },
  Fastify: {
    places: ['query', 'header'],
    serve: async (place) => {
      const web = fastify({
        serverFactory: (handler) =>
          createServer((req, res) => {
            override(req, overrideOf(req, place))
            handler(req, res)
          }),
      })
      await web.register(onFastify.countersign)
      const onRequest = onFastify.requireOAuth(protector)
      web.all('/x', { onRequest }, async (request) => request.method)
      return { base: await web.listen({ port: 0, host: '127.0.0.1' }), close: () => web.close() }
    },
  },
  'node:http': {
    places: ['query', 'header'],
    serve: (place) => {
      const guarded = onNode.requireOAuth(protector)((req, res) => res.end(req.method))
      return listen(
        createServer((req, res) => {
          override(req, overrideOf(req, place))
          return guarded(req, res)
        }),
      )
    },
  },
  Hono: {
    places: ['query', 'header'],
    serve: async (place) => {
      const app = new Hono()
      const options = place === 'query' ? { query: '_method' } : { header: 'x-http-method-override' }
      app.use(methodOverride({ app, ...options }))
      app.all('/x', onHono.requireOAuth(protector), (c) => c.text(c.req.method))
      return listen(createServer(getRequestListener(app.fetch)))
    },
  },
}

const rows = Object.entries(frameworks).flatMap(([name, { places, serve }]) =>
  places.map((place) => [name, place, serve] as const),
)

describe.each(rows)('in %s, a verb overridden in the %s', (_, place, serve) => {
  let served: Served | undefined
  afterEach(() => served?.close())

  /** A POST that asks for another verb, signed as one or the other. */
  async function post(verbs: readonly string[], signed: string, more: Partial<Call> = {}): Promise<string> {
    served ??= await serve(place)
    const pairs = verbs.map((verb) => ['_method', verb] as const)
    const call: Call = {
      base: served.base,
      path: '/x',
      method: signed,
      ...(place === 'query' ? { query: ['a=1', ...pairs.map((pair) => pair.join('='))].join('&') } : {}),
      ...(place === 'form' ? { form: [['a', '1'], ...pairs] } : {}),
      ...more,
    }
    const headers = {
      authorization: authorization(call),
      ...(place === 'header' && verbs[0] ? { 'x-http-method-override': verbs[0] } : {}),
      ...more.headers,
    }
    const response = await send({ ...call, method: 'POST', headers }, false)
    return response.status === 200 ? response.body : String(response.status)
  }

  it('changes nothing where nothing is overridden', async () => {
    served = undefined
    expect([await post([], 'POST'), await post([], 'PUT')]).toEqual(['POST', '401'])
  })

  if (place === 'header') {
    it('is unsigned, so only a signature for the new verb holds', async () => {
      served = undefined
      expect([await post(['PUT'], 'POST'), await post(['PUT'], 'PUT')]).toEqual(['401', 'PUT'])
      // Not even a parameter of that kind helps, unless it asks for the same.
      expect(await post(['DELETE'], 'POST', { query: '_method=PUT' })).toBe('401')
    })
    return
  }

  it('was signed as an override: the verb on the wire is the signed one', async () => {
    served = undefined
    for (const verb of ['PUT', 'put', 'DELETE']) expect(await post([verb], 'POST')).toBe(verb.toUpperCase())
    expect(await post(['PUT'], 'PUT')).toBe('401')
  })

  it('is refused where two overrides contradict each other', async () => {
    served = undefined
    expect(await post(['PUT', 'DELETE'], 'POST')).toMatch(/^4/)
  })
})
