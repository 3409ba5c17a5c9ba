import 'reflect-metadata'
import { createServer, type Server } from 'node:http'
import { serve } from '@hono/node-server'
import { Controller, Get, Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import type { NestExpressApplication } from '@nestjs/platform-express'
import { AuthorizationServer } from 'countersign'
import * as onExpress from 'countersign/express'
import * as onFastify from 'countersign/fastify'
import * as onFetch from 'countersign/fetch'
import * as onHono from 'countersign/hono'
import * as onKoa from 'countersign/koa'
import { CountersignModule, RequireOAuth } from 'countersign/nestjs'
import * as onNode from 'countersign/node'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import { cors } from 'hono/cors'
import Koa from 'koa'
import { expect, it } from 'vitest'
import { hooks, protector, served, signed } from './app.ts'

const allowed = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers': 'authorization',
  'access-control-expose-headers': 'www-authenticate',
}

async function expressServer(): Promise<Server> {
  const app = express()
  app.use((req, res, next) => {
    res.set(allowed)
    if (req.method === 'OPTIONS') res.sendStatus(204)
    else next()
  })
  app.use('/api', onExpress.requireOAuth(protector))
  app.get('/api/me', (_req, res) => void res.send('me'))
  return app.listen(0)
}

async function fastifyServer(): Promise<Server> {
  const app = fastify()
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(allowed)
    if (request.method === 'OPTIONS') return reply.code(204).send()
  })
  await app.register(onFastify.countersign)
  await app.register(async (api) => {
    api.addHook('onRequest', onFastify.requireOAuth(protector))
    api.get('/api/me', () => 'me')
    api.options('/api/me', () => '')
  })
  await app.listen()
  return app.server
}

async function honoServer(): Promise<Server> {
  const app = new Hono()
  app.use(cors({ origin: '*', allowHeaders: ['authorization'], exposeHeaders: ['www-authenticate'] }))
  app.use('/api/*', onHono.requireOAuth(protector))
  app.get('/api/me', (c) => c.text('me'))
  return serve({ fetch: app.fetch, port: 0 }) as Server
}

async function koaServer(): Promise<Server> {
  const app = new Koa()
  app.use(async (ctx, next) => {
    ctx.set(allowed)
    if (ctx.method === 'OPTIONS') ctx.status = 204
    else await next()
  })
  app.use(onKoa.requireOAuth(protector))
  app.use((ctx) => {
    ctx.body = 'me'
  })
  return app.listen(0)
}

async function nodeServer(): Promise<Server> {
  const me = onNode.requireOAuth(protector)((_req, res) => void res.end('me'))
  return createServer((req, res) => {
    for (const [name, value] of Object.entries(allowed)) res.setHeader(name, value)
    if (req.method === 'OPTIONS') res.writeHead(204).end()
    else void me(req, res)
  }).listen(0)
}

async function fetchServer(): Promise<Server> {
  const me = onFetch.requireOAuth(protector)(() => new Response('me'))
  async function app(request: Request): Promise<Response> {
    if (request.method === 'OPTIONS') return new Response(null, { status: 204, headers: allowed })
    const response = await me(request)
    for (const [name, value] of Object.entries(allowed)) response.headers.set(name, value)
    return response
  }
  return serve({ fetch: app, port: 0 }) as Server
}

async function nestServer(): Promise<Server> {
  // The decorators are called by hand: Node and the compiler of the workspace know no others.
  class ApiController {
    me(): string {
      return 'me'
    }
  }
  const me = Object.getOwnPropertyDescriptor(ApiController.prototype, 'me') as PropertyDescriptor
  Get('me')(ApiController.prototype, 'me', me)
  RequireOAuth()(ApiController)
  Controller('api')(ApiController)
  class AppModule {}
  const server = new AuthorizationServer({ hooks })
  const imports = [CountersignModule.forRoot({ server, protector })]
  Module({ imports, controllers: [ApiController] })(AppModule)
  const app = await NestFactory.create<NestExpressApplication>(AppModule, { logger: false, rawBody: true })
  app.enableCors({ allowedHeaders: ['authorization'], exposedHeaders: ['www-authenticate'] })
  await app.listen(0)
  return app.getHttpServer()
}

it.each([
  ['Express', expressServer],
  ['Fastify', fastifyServer],
  ['Hono', honoServer],
  ['Koa', koaServer],
  ['NestJS', nestServer],
  ['node:http', nodeServer],
  ['Fetch', fetchServer],
])('%s: with CORS before the guard, a preflight passes and a refusal can be read', async (_name, start) => {
  await served(await start(), async (origin) => {
    const preflight = await fetch(`${origin}/api/me`, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://app.example',
        'access-control-request-method': 'GET',
        'access-control-request-headers': 'authorization',
      },
    })
    expect(preflight.status).toBe(204)
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*')
    const headers = { origin: 'https://app.example' }
    const refused = await fetch(`${origin}/api/me`, { headers })
    expect(refused.status).toBe(401)
    expect(refused.headers.get('access-control-allow-origin')).toBe('*')
    expect(refused.headers.get('access-control-expose-headers')).toMatch(/www-authenticate/i)
    expect(await (await fetch(signed('GET', `${origin}/api/me`, { headers }))).text()).toBe('me')
  })
})
