import 'reflect-metadata'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { All, Controller, Module, UseGuards } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { ExpressAdapter } from '@nestjs/platform-express'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import * as onExpress from 'countersign/express'
import * as onFastify from 'countersign/fastify'
import { endpoint, requireOAuth } from 'countersign/fetch'
import * as onHono from 'countersign/hono'
import * as onKoa from 'countersign/koa'
import * as onNest from 'countersign/nestjs'
import * as onNode from 'countersign/node'
import express from 'express'
import fastify from 'fastify'
import { type Context, Hono } from 'hono'
import { some } from 'hono/combine'
import Koa from 'koa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { App } from './app.ts'
import { send } from './client.ts'
import { listen } from './listen.ts'
import type { Served } from './suite.ts'

const { protector, server } = new App()

/** What middleware before the guard sets, as the request of the test says: one challenge a line. */
function earlierOf(headers: IncomingMessage['headers']): string[] {
  return headers['x-earlier'] === undefined ? [] : String(headers['x-earlier']).split(' | ')
}

function setEarlier(req: IncomingMessage, res: ServerResponse): void {
  const lines = earlierOf(req.headers)
  if (lines.length > 0) res.setHeader('www-authenticate', lines)
}

/**
 * `/guarded` after middleware that may set a challenge and `requireOAuth`, `/token` an endpoint after the same
 * middleware, and further paths where the guard hangs in another way.
 */
const servers: Readonly<Record<string, { more?: readonly string[]; serve: () => Promise<Served> }>> = {
  Express: {
    more: ['/by-hand'],
    serve() {
      const web = express()
      const guard = onExpress.requireOAuth(protector)
      web.use((req, res, next) => {
        setEarlier(req, res)
        next()
      })
      web.all('/token', onExpress.endpoint(server.token))
      web.get('/guarded', guard, (_req, res) => res.end())
      web.get('/by-hand', async (req, res) => {
        await guard(req, res)
        res.end()
      })
      return listen(createServer(web))
    },
  },
  Fastify: {
    more: ['/by-hand', '/raw'],
    async serve() {
      const web = fastify()
      const guard = onFastify.requireOAuth(protector)
      web.addHook('onRequest', async (request, reply) => {
        if (request.url === '/raw') setEarlier(request.raw, reply.raw)
        else
          for (const line of [earlierOf(request.headers)])
            if (line.length > 0) reply.header('WWW-Authenticate', line)
      })
      web.all('/token', onFastify.endpoint(server.token))
      for (const path of ['/guarded', '/raw']) web.get(path, { onRequest: guard }, () => '')
      web.get('/by-hand', async (request, reply) => {
        await guard(request, reply)
        return ''
      })
      return { base: await web.listen({ port: 0, host: '127.0.0.1' }), close: () => web.close() }
    },
  },
  Koa: {
    more: ['/by-hand'],
    serve() {
      const web = new Koa()
      web.silent = true
      const guard = onKoa.requireOAuth(protector)
      const token = onKoa.endpoint(server.token)
      web.use(async (ctx, next) => {
        setEarlier(ctx.req, ctx.res)
        if (ctx.path === '/token') return token(ctx, next)
        if (ctx.path === '/guarded') return guard(ctx, next)
        await guard(ctx)
        return next()
      })
      web.use((ctx) => {
        ctx.body = ''
      })
      return listen(createServer(web.callback()))
    },
  },
  Hono: {
    more: ['/by-hand', '/on-response', '/dropped', '/token/on-response'],
    serve() {
      const web = new Hono()
      const guard = onHono.requireOAuth(protector)
      web.use(async (c, next) => {
        const lines = earlierOf(c.req.header())
        for (const line of lines) {
          if (c.req.path.endsWith('/on-response')) c.res.headers.append('www-authenticate', line)
          else c.header('www-authenticate', line, { append: true })
        }
        await next()
      })
      web.use('/dropped', async (c, next) => {
        await guard(c, next)
      })
      web.use('/guarded', guard).use('/on-response', guard)
      web.get('/by-hand', async (c) => {
        await guard(c)
        return c.text('')
      })
      web.all('/token/*', onHono.endpoint(server.token)).all('/token', onHono.endpoint(server.token))
      for (const path of ['/guarded', '/on-response', '/dropped']) web.get(path, (c) => c.text(''))
      return listen(createServer(getRequestListener(web.fetch)))
    },
  },
  'node:http': {
    serve() {
      const token = onNode.endpoint(server.token)
      const guarded = onNode.requireOAuth(protector)((_req, res) => res.end())
      return listen(
        createServer((req, res) => {
          setEarlier(req, res)
          void (req.url === '/token' ? token : guarded)(req, res)
        }),
      )
    },
  },
  'NestJS on Express': { more: ['/used'], serve: () => serveNest(new ExpressAdapter()) },
  'NestJS on Fastify': { more: ['/used'], serve: () => serveNest(new FastifyAdapter()) },
}

async function serveNest(adapter: ExpressAdapter | FastifyAdapter): Promise<Served> {
  class Handlers {
    guarded() {}
    used() {}
    token() {
      return server.token
    }
  }
  const decorators = {
    guarded: [onNest.RequireOAuth()],
    used: [UseGuards(onNest.OAuthGuard(), onNest.OAuthGuard())],
    token: [onNest.Endpoint()],
  }
  for (const [name, list] of Object.entries(decorators)) {
    const method = Object.getOwnPropertyDescriptor(Handlers.prototype, name) as PropertyDescriptor
    for (const decorate of [...list, All(name)]) decorate(Handlers.prototype, name, method)
  }
  Controller()(Handlers)
  class AppModule {}
  const imports = [onNest.CountersignModule.forRoot({ protector, server })]
  Module({ imports, controllers: [Handlers] })(AppModule)
  const web = await NestFactory.create(AppModule, adapter as ExpressAdapter, { logger: false })
  // On Fastify, too, middleware gets Node's own objects.
  web.use((req: IncomingMessage, res: ServerResponse, next: () => void) => {
    setEarlier(req, res)
    next()
  })
  await web.listen(0, '127.0.0.1')
  return { base: await web.getUrl(), close: () => web.close() }
}

const own = 'OAuth realm="OAuth"'
const bearer = 'Bearer realm="a, \\"b\\""'

describe.each(Object.entries(servers))('challenges in %s', (_, { more = [], serve }) => {
  let served: Served
  beforeAll(async () => {
    served = await serve()
  })
  afterAll(() => served?.close())

  it.each([
    ['none', undefined, [own]],
    ['of another scheme', bearer, [bearer, own]],
    ['of two schemes', `${bearer} | Basic realm="x"`, [bearer, 'Basic realm="x"', own]],
    ['of the same protector', own, [own]],
    ['of the same protector and another scheme', `${own} | ${bearer}`, [own, bearer]],
    ['of the same protector, in one line with another', `Bearer, ${own}`, ['Bearer', own]],
    ['of another realm', 'OAuth realm="OAuth 2"', ['OAuth realm="OAuth 2"', own]],
  ])('stay beside the challenge of a refusal, once each: %s', async (_, earlier, expected) => {
    for (const path of ['/guarded', '/token', ...more]) {
      const method = path.startsWith('/token') ? 'POST' : 'GET'
      const headers = earlier === undefined ? {} : { 'x-earlier': earlier }
      const response = await send({ base: served.base, path, method, headers }, false)
      const { status, allHeaders } = response
      expect([path, status, allHeaders['www-authenticate']]).toEqual([path, 401, expected.join(', ')])
    }
  })

  it('are left alone where a request is let in', async () => {
    const { status, allHeaders } = await send({
      base: served.base,
      path: '/guarded',
      headers: { 'x-earlier': 'Bearer' },
    })
    expect(status).toBe(200)
    expect(allHeaders['www-authenticate']).toBe('Bearer')
  })
})

it('a function around a Fetch handler adds its challenge to the response that it gets', async () => {
  const post = new Request('http://h/token', { method: 'POST' })
  const responses = [
    requireOAuth(protector)(() => new Response())(new Request('http://h/')),
    endpoint(server.token)(post),
  ]
  for (const { status, headers } of await Promise.all(responses)) {
    headers.append('www-authenticate', 'Bearer')
    expect([status, headers.get('www-authenticate')]).toEqual([401, `${own}, Bearer`])
  }
})

it('a response of Hono that was let in has no challenge of a guard that failed before', async () => {
  const web = new Hono()
  const guard = onHono.requireOAuth(protector)
  web.get(
    '/',
    some(
      async (c: Context) => guard(c).then(() => {}),
      async (_c, next) => next(),
    ),
    (c) => c.text('ok'),
  )
  const { status, headers } = await web.request('/')
  expect([status, headers.get('www-authenticate'), headers.get('cache-control')]).toEqual([200, null, null])
})
