import 'reflect-metadata'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { Controller, Get, Module } from '@nestjs/common'
import { APP_GUARD, NestFactory } from '@nestjs/core'
import { ExpressAdapter } from '@nestjs/platform-express'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import * as onExpress from 'countersign/express'
import * as onFastify from 'countersign/fastify'
import * as onHono from 'countersign/hono'
import * as onKoa from 'countersign/koa'
import * as onNest from 'countersign/nestjs'
import * as onNode from 'countersign/node'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import { cors } from 'hono/cors'
import Koa from 'koa'
import { afterEach, expect, it } from 'vitest'
import { App } from './app.ts'
import { send } from './client.ts'
import { listen } from './listen.ts'
import type { Served } from './suite.ts'

const { protector, server } = new App()

/** As CORS middleware does it: headers for all, and a response for preflights. */
function allow(req: IncomingMessage, res: ServerResponse): boolean {
  res.setHeader('access-control-allow-origin', '*')
  res.setHeader('access-control-allow-headers', 'authorization')
  res.setHeader('access-control-expose-headers', 'www-authenticate')
  if (req.method !== 'OPTIONS') return false
  res.writeHead(204).end()
  return true
}

function nest(platform: 'Express' | 'Fastify'): () => Promise<Served> {
  return async () => {
    class Handler {
      get() {
        return 'in'
      }
    }
    Get('x')(Handler.prototype, 'get', Object.getOwnPropertyDescriptor(Handler.prototype, 'get') as never)
    Controller()(Handler)
    class AppModule {}
    Module({
      imports: [onNest.CountersignModule.forRoot({ protector })],
      controllers: [Handler],
      providers: [{ provide: APP_GUARD, useClass: onNest.OAuthGuard() }],
    })(AppModule)
    const adapter = platform === 'Express' ? new ExpressAdapter() : new FastifyAdapter()
    const web = await NestFactory.create(AppModule, adapter, { logger: false })
    web.enableCors({ exposedHeaders: 'WWW-Authenticate' })
    web.use('/token', onNest.endpoint(server.token))
    await web.listen(0, '127.0.0.1')
    return { base: await web.getUrl(), close: () => web.close() }
  }
}

/** CORS first, then a guard over everything, and the token endpoint. */
const frameworks: Readonly<Record<string, () => Promise<Served>>> = {
  Express() {
    const web = express()
    web.use((req, res, next) => void (allow(req, res) || next()))
    web.all('/token', onExpress.endpoint(server.token))
    web.use(onExpress.requireOAuth(protector))
    return listen(createServer(web))
  },
  async Fastify() {
    const web = fastify()
    web.addHook('onRequest', (request, reply, done) => {
      reply
        .header('access-control-allow-origin', '*')
        .header('access-control-expose-headers', 'www-authenticate')
      if (request.method === 'OPTIONS') reply.code(204).send()
      else done()
    })
    web.all('/token', onFastify.endpoint(server.token))
    await web.register(async (inner) => {
      inner.addHook('onRequest', onFastify.requireOAuth(protector))
      inner.all('/x', async () => 'in')
    })
    return { base: await web.listen({ port: 0, host: '127.0.0.1' }), close: () => web.close() }
  },
  Hono() {
    const web = new Hono()
    web.use(cors({ origin: '*', exposeHeaders: ['WWW-Authenticate'] }))
    web.all('/token', onHono.endpoint(server.token))
    web.use(onHono.requireOAuth(protector))
    return listen(createServer(getRequestListener(web.fetch)))
  },
  Koa() {
    const web = new Koa()
    web.use(async (ctx, next) => {
      ctx.set('access-control-allow-origin', '*')
      ctx.set('access-control-expose-headers', 'www-authenticate')
      if (ctx.method === 'OPTIONS') ctx.status = 204
      else await next()
    })
    web.use((ctx, next) => (ctx.path === '/token' ? onKoa.endpoint(server.token)(ctx, next) : next()))
    web.use(onKoa.requireOAuth(protector))
    return listen(createServer(web.callback()))
  },
  'node:http'() {
    const guarded = onNode.requireOAuth(protector)((_req, res) => res.end('in'))
    const token = onNode.endpoint(server.token)
    return listen(
      createServer((req, res) => {
        if (allow(req, res)) return
        void (req.url === '/token' ? token(req, res) : guarded(req, res))
      }),
    )
  },
  'NestJS on Express': nest('Express'),
  'NestJS on Fastify': nest('Fastify'),
}

let served: Served | undefined
afterEach(() => served?.close())

it.each(Object.entries(frameworks))(
  '%s: where CORS comes first, no guard stands in the way of a preflight, and refusals keep its headers',
  async (_, serve) => {
    served = await serve()
    const { base } = served
    const origin = { origin: 'https://app.example.com' }
    const asked = {
      ...origin,
      'access-control-request-method': 'GET',
      'access-control-request-headers': 'authorization',
    }
    for (const path of ['/x', '/token']) {
      expect(await send({ base, path, method: 'OPTIONS', headers: asked }, false)).toMatchObject({
        status: 204,
      })
      const refused = await send(
        { base, path, method: path === '/x' ? 'GET' : 'POST', headers: origin },
        false,
      )
      expect(refused.status).toBe(401)
      expect(refused.allHeaders['access-control-allow-origin']).toBe('*')
      expect(String(refused.allHeaders['access-control-expose-headers']).toLowerCase()).toBe(
        'www-authenticate',
      )
      expect(refused.allHeaders['www-authenticate']).toBe('OAuth realm="OAuth"')
    }
  },
)
