import 'reflect-metadata'
import { createServer, type RequestListener } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { Controller, Get, Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { ExpressAdapter } from '@nestjs/platform-express'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import { ResourceProtector } from 'countersign'
import * as onExpress from 'countersign/express'
import * as onFastify from 'countersign/fastify'
import * as onFetch from 'countersign/fetch'
import * as onHono from 'countersign/hono'
import * as onKoa from 'countersign/koa'
import { memoryHooks } from 'countersign/memory'
import * as onNest from 'countersign/nestjs'
import * as onNode from 'countersign/node'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import Koa from 'koa'
import { afterEach, describe, expect, it } from 'vitest'
import { client, token } from './app.ts'
import { send } from './client.ts'
import { listen } from './listen.ts'
import type { Served } from './suite.ts'

const hooks = memoryHooks({ clients: [client], tokens: [{ ...token(), clientId: client.clientId }] })
const protector = new ResourceProtector({ hooks })

const expressApp = () => {
  const web = express()
  web.all('/x', onExpress.requireOAuth(protector), (_req, res) => res.end('in'))
  return web
}
const honoApp = () => new Hono().all('/x', onHono.requireOAuth(protector), (c) => c.text('in'))
const koaApp = () =>
  new Koa().use(onKoa.requireOAuth(protector)).use((ctx) => {
    ctx.body = 'in'
  })
const nodeListener = onNode.requireOAuth(protector)((_req, res) => res.end('in'))
const fetchHandler = (by = protector) => onFetch.requireOAuth(by)(() => new Response('in'))

/** What runs below `/api` of another framework, which hides that from it; each responds at `/x`. */
const belowExpress: Readonly<Record<string, () => RequestListener | Promise<RequestListener>>> = {
  Express: expressApp,
  Hono: () => getRequestListener(honoApp().fetch),
  Koa: () => koaApp().callback(),
  'node:http': () => nodeListener,
  async Fastify() {
    const web = fastify()
    await web.register(onFastify.countersign)
    web.all('/x', { onRequest: onFastify.requireOAuth(protector) }, async () => 'in')
    await web.ready()
    return (req, res) => web.routing(req, res)
  },
  async NestJS() {
    class Handler {
      get() {
        return 'in'
      }
    }
    Get('x')(Handler.prototype, 'get', Object.getOwnPropertyDescriptor(Handler.prototype, 'get') as never)
    for (const decorate of [onNest.RequireOAuth(), Controller()]) decorate(Handler)
    class AppModule {}
    Module({ imports: [onNest.CountersignModule.forRoot({ protector })], controllers: [Handler] })(AppModule)
    const web = await NestFactory.create(AppModule, new ExpressAdapter(), { logger: false })
    await web.init()
    return web.getHttpAdapter().getInstance()
  },
}

/** Frameworks that mount one application in another by themselves. */
const mounts: Readonly<Record<string, () => Promise<Served>>> = {
  'Hono, by app.mount': () => onNodeServer(new Hono().mount('/api', honoApp().fetch)),
  'Hono, by app.route': () => onNodeServer(new Hono().route('/api', honoApp())),
  'Hono, by app.basePath': () =>
    onNodeServer(
      new Hono().basePath('/api').all('/x', onHono.requireOAuth(protector), (c) => c.text('in')) as Hono,
    ),
  'Fetch in Hono, by app.mount that keeps the request': () =>
    onNodeServer(new Hono().mount('/api', fetchHandler(), { replaceRequest: false })),
  'node:http in NestJS on Fastify, by app.use': async () => {
    class AppModule {}
    Module({})(AppModule)
    const web = await NestFactory.create(AppModule, new FastifyAdapter(), { logger: false })
    web.use('/api', nodeListener)
    await web.listen(0, '127.0.0.1')
    return { base: await web.getUrl(), close: () => web.close() }
  },
  'Koa in Koa, as koa-mount does it': () => {
    const inner = koaApp()
    const web = new Koa()
    web.use(async (ctx) => {
      ctx.path = ctx.path.slice('/api'.length)
      await onKoa.requireOAuth(protector)(ctx, async () => {
        ctx.body = inner.middleware.length > 0 ? 'in' : ''
      })
    })
    return listen(createServer(web.callback()))
  },
}

function onNodeServer(web: Hono): Promise<Served> {
  return listen(createServer(getRequestListener(web.fetch)))
}

let served: Served | undefined
afterEach(() => served?.close())

/** Signed for the path that the client called, and for what the inner application sees of it. */
async function responses(base: string): Promise<number[]> {
  const whole = await send({ base, path: '/api/x', query: 'a=1' })
  const form = await send({ base, path: '/api/x', method: 'POST', form: [['a', '1']] })
  const stripped = await send({ base, path: '/api/x', signedPath: '/x' })
  return [whole.status, form.status, stripped.status]
}

describe('below a path of Express', () => {
  it.each(Object.entries(belowExpress))(
    '%s verifies the whole path, and nothing less',
    async (name, make) => {
      const web = express()
      web.use('/api', await make())
      served = await listen(createServer(web))
      const [whole, form, stripped] = await responses(served.base)
      expect([whole, stripped]).toEqual([200, 401])
      // The controller knows GET alone.
      if (name !== 'NestJS') expect(form).toBe(200)
    },
  )
})

describe('mounted', () => {
  it.each(Object.entries(mounts))('%s: verifies the whole path, and nothing less', async (_, serve) => {
    served = await serve()
    expect(await responses(served.base)).toEqual([200, 200, 401])
  })
})

describe('where the framework keeps nothing of the path', () => {
  const strips: Readonly<Record<string, (by: ResourceProtector) => RequestListener>> = {
    'Fetch in Hono, by app.mount': (by) =>
      getRequestListener(new Hono().mount('/api', fetchHandler(by)).fetch),
    'Fetch in Express': (by) => {
      const web = express()
      web.use('/api', getRequestListener(fetchHandler(by)))
      return web
    },
    // As Next.js with a basePath hands requests to a route handler.
    'a handler that gets another URL': (by) =>
      getRequestListener((request) => {
        const url = new URL(request.url)
        url.pathname = url.pathname.slice('/api'.length)
        return fetchHandler(by)(new Request(url, request))
      }),
  }
  it.each(Object.entries(strips))('%s: the origin holds the path', async (_, make) => {
    const by = new ResourceProtector({ hooks })
    served = await listen(createServer(make(by)))
    expect((await responses(served.base))[0]).toBe(401)
    by.init({ origin: `${served.base}/api` })
    expect(await responses(served.base)).toEqual([200, 200, 401])
  })
})
