import 'reflect-metadata'
import { createServer } from 'node:http'
import formbody from '@fastify/formbody'
import { getRequestListener } from '@hono/node-server'
import { bodyParser } from '@koa/bodyparser'
import Router from '@koa/router'
import { All, Body, Controller, Module, Query, type Type } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { ExpressAdapter } from '@nestjs/platform-express'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import type { Authentication, ResourceProtector } from 'countersign'
import * as forExpress from 'countersign/express'
import * as forFastify from 'countersign/fastify'
import * as forFetch from 'countersign/fetch'
import * as forHono from 'countersign/hono'
import * as forKoa from 'countersign/koa'
import { CountersignModule, CurrentAuthentication, RequireOAuth } from 'countersign/nestjs'
import * as forNode from 'countersign/node'
import express from 'express'
import express4 from 'express4'
import fastify from 'fastify'
import { Hono } from 'hono'
import Koa from 'koa'
import { textOf } from './app.ts'
import { listen } from './listen.ts'
import type { Served } from './suite.ts'

type Serve = (protector: ResourceProtector) => Served | Promise<Served>

/** What a handler sees: what was signed, and what its framework reads in query and form. */
export interface Seen {
  readonly signed: readonly (readonly [string, string])[]
  readonly query: unknown
  readonly form: unknown
}

function seen({ request }: Authentication, query: unknown, form: unknown): Seen {
  return { signed: request.parameters, query, form: form ?? {} }
}

function expressServer(
  framework: typeof express,
  queryParser: 'simple' | 'extended',
  order: 'before' | 'after' | 'none',
  extended = true,
): Serve {
  return (protector) => {
    const web = framework()
    web.set('query parser', queryParser)
    const parse = framework.urlencoded({ extended, verify: forExpress.keepRawBody })
    if (order === 'before') web.use(parse)
    const after = order === 'after' ? [parse] : []
    web.all('/', forExpress.requireOAuth(protector), ...after, (req, res) => {
      res.json(seen(forExpress.currentAuthentication(req), req.query, req.body))
    })
    return listen(createServer(web))
  }
}

function fastifyServer(withFormbody: boolean, hook: 'onRequest' | 'preHandler'): Serve {
  return async (protector) => {
    const web = fastify()
    await web.register(forFastify.countersign)
    if (withFormbody) await web.register(formbody)
    web.all('/', { [hook]: forFastify.requireOAuth(protector) }, (request) =>
      seen(forFastify.currentAuthentication(request), request.query, request.body),
    )
    return { base: await web.listen({ port: 0, host: '127.0.0.1' }), close: () => web.close() }
  }
}

function koaServer(order: 'before' | 'after'): Serve {
  return (protector) => {
    const web = new Koa()
    web.silent = true
    const router = new Router()
    const parse = bodyParser()
    const guard = forKoa.requireOAuth(protector)
    router.all('/', ...(order === 'before' ? [parse, guard] : [guard, parse]), (ctx) => {
      ctx.body = seen(forKoa.currentAuthentication(ctx), ctx.query, ctx.request.body)
    })
    web.use(router.routes())
    return listen(createServer(web.callback()))
  }
}

function honoServer(protector: ResourceProtector): Served | Promise<Served> {
  const web = new Hono()
  web.all('/', forHono.requireOAuth(protector), async (c) => {
    const form = c.req.header('content-type') === undefined ? {} : await c.req.parseBody({ all: true })
    return c.json(seen(forHono.currentAuthentication(c), c.req.queries(), form))
  })
  return listen(createServer(getRequestListener(web.fetch)))
}

function fetchServer(protector: ResourceProtector): Served | Promise<Served> {
  const handle = forFetch.requireOAuth(protector)(async (request: Request) => {
    const form = request.headers.has('content-type') ? [...(await request.formData())] : []
    const query = [...new URL(request.url).searchParams]
    return Response.json(seen(forFetch.currentAuthentication(request), query, form))
  })
  return listen(createServer(getRequestListener((request) => handle(request))))
}

function nodeServer(protector: ResourceProtector): Served | Promise<Served> {
  const handle = forNode.requireOAuth(protector)(async (req, res) => {
    const query = [...new URL(req.url ?? '/', 'http://h').searchParams]
    const form = [...new URLSearchParams(await textOf(req))]
    res.end(JSON.stringify(seen(forNode.currentAuthentication(req), query, form)))
  })
  return listen(createServer(handle))
}

/** A controller as decorators make it, applied by hand. */
function nestModule(protector: ResourceProtector): Type {
  class Resource {
    handle(authentication: Authentication, query: unknown, form: unknown): Seen {
      return seen(authentication, query, form)
    }
  }
  for (const [i, decorator] of [CurrentAuthentication(), Query(), Body()].entries())
    decorator(Resource.prototype, 'handle', i)
  const descriptor = Object.getOwnPropertyDescriptor(Resource.prototype, 'handle') as PropertyDescriptor
  for (const decorator of [All('/'), RequireOAuth()]) decorator(Resource.prototype, 'handle', descriptor)
  Controller()(Resource)
  class AppModule {}
  Module({ imports: [CountersignModule.forRoot({ protector })], controllers: [Resource] })(AppModule)
  return AppModule
}

function nestServer(adapterOf: () => ExpressAdapter | FastifyAdapter): Serve {
  return async (protector) => {
    const adapter = adapterOf()
    const web = await NestFactory.create(nestModule(protector), adapter, { logger: false, rawBody: true })
    await web.listen(0, '127.0.0.1')
    return { base: await web.getUrl(), close: () => web.close() }
  }
}

/** Every framework in every way of reading queries and forms that its guide shows. */
export const servers: readonly (readonly [name: string, serve: Serve])[] = [
  ['Express 5, simple query, no parser', expressServer(express, 'simple', 'none')],
  ['Express 5, extended query, parser before', expressServer(express, 'extended', 'before')],
  ['Express 5, extended query, parser after', expressServer(express, 'extended', 'after')],
  ['Express 5, parser that is not extended', expressServer(express, 'simple', 'before', false)],
  ['Express 4, no parser', expressServer(express4 as never, 'extended', 'none')],
  ['Express 4, parser before', expressServer(express4 as never, 'extended', 'before')],
  ['Fastify', fastifyServer(false, 'preHandler')],
  ['Fastify, formbody', fastifyServer(true, 'onRequest')],
  ['Koa, parser before', koaServer('before')],
  ['Koa, parser after', koaServer('after')],
  ['Hono', honoServer],
  ['Fetch', fetchServer],
  ['node:http', nodeServer],
  ['NestJS on Express', nestServer(() => new ExpressAdapter())],
  ['NestJS on Fastify', nestServer(() => new FastifyAdapter())],
]
