import 'reflect-metadata'
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { All, Controller, Module, Req } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { ExpressAdapter } from '@nestjs/platform-express'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import * as forExpress from 'countersign/express'
import * as forFastify from 'countersign/fastify'
import * as forFetch from 'countersign/fetch'
import * as forHono from 'countersign/hono'
import * as forKoa from 'countersign/koa'
import * as forNest from 'countersign/nestjs'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import Koa from 'koa'
import { afterAll, describe, expect, it } from 'vitest'
import { App, handled, octetsOf } from './app.ts'
import { send } from './client.ts'
import { listen } from './listen.ts'
import type { Served } from './suite.ts'

// What frameworks' own parsers make of a body whose hash was checked, before the check and after it.

const { protector } = new App()
const open: Served[] = []
afterAll(() => Promise.all(open.map((served) => served.close())))

const json = ['application/json', '{"a": ["☕", 1]}'] as const
const xml = ['application/xml', '<a b="☕"/>'] as const
const boundary = 'b'.repeat(30)
const multipart = [
  `multipart/form-data; boundary=${boundary}`,
  `--${boundary}\r\ncontent-disposition: form-data; name="a"\r\n\r\n☕\r\n--${boundary}--\r\n`,
] as const

async function post(serving: Promise<Served>, [type, text]: readonly [string, string], hash = true) {
  const served = await serving
  open.push(served)
  const body = Buffer.from(text)
  const oauth = hash ? { oauth_body_hash: createHash('sha1').update(body).digest('base64') } : {}
  const headers = { 'content-type': type }
  const response = await send({ base: served.base, path: '/', method: 'POST', body, headers, oauth })
  return { status: response.status, body: response.body }
}

const onError: express.ErrorRequestHandler = (error, _req, res, _next) => {
  const { status, body } = handled(error)
  res.status(status).send(body)
}

function inExpress(...handlers: express.RequestHandler[]): Promise<Served> {
  const web = express()
  web.post('/', ...handlers, (req, res) => {
    res.send(JSON.stringify(req.body))
  })
  return listen(createServer(web.use(onError)))
}

function inHono(read: 'json' | 'text' | 'formData', order: 'before' | 'after', raw = false): Promise<Served> {
  const web = new Hono()
  if (order === 'before') {
    web.use(async (c, next) => {
      await (raw ? c.req.raw : c.req)[read]()
      await next()
    })
  }
  web.post('/', forHono.requireOAuth(protector), async (c) => {
    const body = await c.req[read]()
    return c.text(JSON.stringify(body instanceof FormData ? [...body] : body))
  })
  web.onError((error, c) => {
    const { status, body } = handled(error)
    return c.text(body, status as 500)
  })
  return listen(createServer(getRequestListener(web.fetch)))
}

function inFetch(read: 'json' | 'text' | 'formData'): Promise<Served> {
  const handler = forFetch.requireOAuth(protector)(async (request) => {
    const body = await request[read]()
    return Response.json(body instanceof FormData ? [...body] : body)
  })
  return listen(createServer(getRequestListener(handler)))
}

/** Koa with the parser of the application, which keeps the text or does not. */
function inKoa(keeps: boolean): Promise<Served> {
  const web = new Koa()
  web.use(async (ctx, next) => {
    try {
      await next()
    } catch (error) {
      Object.assign(ctx, handled(error))
    }
  })
  web.use(async (ctx, next) => {
    const rawBody = Buffer.from(await octetsOf(ctx.req)).toString()
    Object.assign(ctx.request, { body: JSON.parse(rawBody), ...(keeps ? { rawBody } : {}) })
    await next()
  })
  web.use(forKoa.requireOAuth(protector))
  web.use((ctx) => {
    ctx.body = JSON.stringify((ctx.request as { body?: unknown }).body)
  })
  return listen(createServer(web.callback()))
}

async function inFastify(hook: 'onRequest' | 'preHandler'): Promise<Served> {
  const web = fastify()
  web.addContentTypeParser(
    'application/xml',
    { parseAs: 'string' },
    async (_request: unknown, body: string) => body,
  )
  web.setErrorHandler((error, _request, reply) => {
    const { status, body } = handled(error)
    reply.code(status).send(body)
  })
  web.post('/', { [hook]: forFastify.requireOAuth(protector) }, async (request) =>
    JSON.stringify(request.body),
  )
  return { base: await web.listen({ port: 0, host: '127.0.0.1' }), close: () => web.close() }
}

async function inNest(adapter: ExpressAdapter | FastifyAdapter, rawBody: boolean): Promise<Served> {
  class Handler {
    post(request: { body: unknown }) {
      return JSON.stringify(request.body)
    }
  }
  Req()(Handler.prototype, 'post', 0)
  const method = Object.getOwnPropertyDescriptor(Handler.prototype, 'post') as PropertyDescriptor
  for (const decorate of [forNest.RequireOAuth(), All()]) decorate(Handler.prototype, 'post', method)
  Controller()(Handler)
  class AppModule {}
  Module({ imports: [forNest.CountersignModule.forRoot({ protector })], controllers: [Handler] })(AppModule)
  const web = await NestFactory.create(AppModule, adapter as ExpressAdapter, { logger: false, rawBody })
  web.useGlobalFilters({
    catch(error: unknown, host: { switchToHttp(): { getResponse(): unknown } }) {
      const { status, body } = handled(error)
      web.getHttpAdapter().reply(host.switchToHttp().getResponse(), body, status)
    },
  })
  await web.listen(0, '127.0.0.1')
  return { base: await web.getUrl(), close: () => web.close() }
}

const guard = forExpress.requireOAuth(protector)
const { keepRawBody: verify } = forExpress

describe('a body whose hash was checked', () => {
  it.each<[string, () => Promise<Served>, readonly [string, string], unknown]>([
    ['express.json() after', () => inExpress(guard, express.json()), json, { a: ['☕', 1] }],
    ['express.text() after', () => inExpress(guard, express.text({ type: '*/*' })), xml, xml[1]],
    [
      'express.json({ verify }) before',
      () => inExpress(express.json({ verify }), guard),
      json,
      { a: ['☕', 1] },
    ],
    ['express.text() before', () => inExpress(express.text({ type: '*/*' }), guard), xml, xml[1]],
    ['Fastify, JSON after', () => inFastify('onRequest'), json, { a: ['☕', 1] }],
    ['Fastify, XML after', () => inFastify('onRequest'), xml, xml[1]],
    ['Fastify, text before', () => inFastify('preHandler'), xml, xml[1]],
    ['Hono, JSON after', () => inHono('json', 'after'), json, { a: ['☕', 1] }],
    ['Hono, JSON before', () => inHono('json', 'before'), json, { a: ['☕', 1] }],
    ['Hono, XML after', () => inHono('text', 'after'), xml, xml[1]],
    ['Hono, multipart after', () => inHono('formData', 'after'), multipart, [['a', '☕']]],
    ['Fetch, JSON after', () => inFetch('json'), json, { a: ['☕', 1] }],
    ['Fetch, XML after', () => inFetch('text'), xml, xml[1]],
    ['Fetch, multipart after', () => inFetch('formData'), multipart, [['a', '☕']]],
    ['Koa, kept before', () => inKoa(true), json, { a: ['☕', 1] }],
    ['NestJS on Express, kept before', () => inNest(new ExpressAdapter(), true), json, { a: ['☕', 1] }],
    ['NestJS on Fastify, kept before', () => inNest(new FastifyAdapter(), true), json, { a: ['☕', 1] }],
  ])('is parsed by the framework: %s', async (_, serve, body, expected) => {
    const response = await post(serve(), body)
    expect([response.status, response.body]).toEqual([200, JSON.stringify(expected)])
  })

  it.each<[string, () => Promise<Served>, remedy: string]>([
    ['Express', () => inExpress(express.json(), guard), 'verify: keepRawBody'],
    ['Fastify', () => inFastify('preHandler'), 'use requireOAuth in an onRequest hook'],
    ['Hono', () => inHono('json', 'before', true), 'c.req.text()'],
    ['Koa', () => inKoa(false), '@koa/bodyparser'],
    ['NestJS on Express', () => inNest(new ExpressAdapter(), false), '{ rawBody: true }'],
    ['NestJS on Fastify', () => inNest(new FastifyAdapter(), false), '{ rawBody: true }'],
  ])(
    'is an error with the remedy where a parser kept no octets, and none without a hash: %s',
    async (name, serve, remedy) => {
      const response = await post(serve(), json)
      expect(response.status).toBe(500)
      expect(response.body).toMatch(
        /^handled ConfigurationError: The body was read, and its octets were not kept/,
      )
      expect(response.body).toContain(remedy)
      // Its handler reads a consumed body.
      if (name !== 'Hono') expect(await post(serve(), json, false)).toMatchObject({ status: 200 })
    },
  )
})
