import 'reflect-metadata'
import { createServer } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { All, Controller, Module, Req } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { ExpressAdapter } from '@nestjs/platform-express'
import type { HttpRequest, HttpResponse, ResourceProtector } from 'countersign'
import * as onExpress from 'countersign/express'
import * as onFastify from 'countersign/fastify'
import * as onFetch from 'countersign/fetch'
import * as onHono from 'countersign/hono'
import * as onKoa from 'countersign/koa'
import * as onNest from 'countersign/nestjs'
import * as onNode from 'countersign/node'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import Koa from 'koa'
import { listen } from '../adapters/listen.ts'
import type { Served } from '../adapters/suite.ts'

/** What every framework serves: `/photos` with a guard that demands the scope `read`, and a function at `/exchange`. */
type Serve = (
  protector: ResourceProtector,
  exchange: (request: HttpRequest) => Promise<HttpResponse>,
) => Promise<Served>

/** What a handler knows of the caller. */
function seen({ clientId, userId, scope }: ReturnType<typeof onNode.currentCredential>) {
  return { clientId, userId, scope }
}

const nest: Serve = async (protector, exchange) => {
  class Photos {
    photos(request: never) {
      return seen(onNode.currentCredential(request))
    }
    exchange(request: HttpRequest) {
      return exchange(request)
    }
  }
  const decorate = (name: 'photos' | 'exchange', ...decorators: MethodDecorator[]) => {
    const property = Object.getOwnPropertyDescriptor(Photos.prototype, name) as PropertyDescriptor
    for (const decorator of decorators) decorator(Photos.prototype, name, property)
  }
  Req()(Photos.prototype, 'photos', 0)
  onNest.OAuthRequest()(Photos.prototype, 'exchange', 0)
  decorate('photos', onNest.RequireOAuth('read'), All('/photos'))
  decorate('exchange', onNest.Endpoint(), All('/exchange'))
  Controller()(Photos)
  class AppModule {}
  Module({ imports: [onNest.CountersignModule.forRoot({ protector })], controllers: [Photos] })(AppModule)
  const web = await NestFactory.create(AppModule, new ExpressAdapter(), { logger: false, rawBody: true })
  await web.listen(0, '127.0.0.1')
  return { base: await web.getUrl(), close: () => web.close() }
}

const onFastifyServed: Serve = async (protector, exchange) => {
  const web = fastify()
  await web.register(onFastify.countersign)
  web.all('/photos', { onRequest: onFastify.requireOAuth(protector, 'read') }, async (request) =>
    seen(onFastify.currentCredential(request)),
  )
  web.all('/exchange', onFastify.endpoint(exchange))
  return { base: await web.listen({ port: 0, host: '127.0.0.1' }), close: () => web.close() }
}

/** All seven adapters. */
export const frameworks: readonly (readonly [name: string, serve: Serve])[] = [
  [
    'Express',
    (protector, exchange) => {
      const web = express()
      web.all('/photos', onExpress.requireOAuth(protector, 'read'), (req, res) => {
        res.json(seen(onExpress.currentCredential(req)))
      })
      return listen(createServer(web.all('/exchange', onExpress.endpoint(exchange))))
    },
  ],
  ['Fastify', onFastifyServed],
  [
    'Hono',
    (protector, exchange) => {
      const web = new Hono()
      web.all('/photos', onHono.requireOAuth(protector, 'read'), (c) =>
        c.json(seen(onHono.currentCredential(c))),
      )
      web.all('/exchange', onHono.endpoint(exchange))
      return listen(createServer(getRequestListener(web.fetch)))
    },
  ],
  [
    'Koa',
    (protector, exchange) => {
      const guard = onKoa.requireOAuth(protector, 'read')
      const response = onKoa.endpoint(exchange)
      const web = new Koa().use((ctx, next) =>
        ctx.path === '/exchange' ? response(ctx, next) : guard(ctx, next),
      )
      web.use((ctx) => {
        ctx.body = seen(onKoa.currentCredential(ctx))
      })
      return listen(createServer(web.callback()))
    },
  ],
  [
    'Fetch',
    (protector, exchange) => {
      const photos = onFetch.requireOAuth(
        protector,
        'read',
      )((request) => Response.json(seen(onFetch.currentCredential(request))))
      const response = onFetch.endpoint(exchange)
      const route = (request: Request) =>
        (new URL(request.url).pathname === '/exchange' ? response : photos)(request)
      return listen(createServer(getRequestListener(route)))
    },
  ],
  [
    'node:http',
    (protector, exchange) => {
      const photos = onNode.requireOAuth(
        protector,
        'read',
      )((req, res) => {
        res.end(JSON.stringify(seen(onNode.currentCredential(req))))
      })
      const response = onNode.endpoint(exchange)
      return listen(
        createServer((req, res) => (req.url?.startsWith('/exchange') ? response : photos)(req, res)),
      )
    },
  ],
  ['NestJS', nest],
]
