import 'reflect-metadata'
import { createServer, type RequestListener } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { getRequestListener } from '@hono/node-server'
import {
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  Module,
  type Type,
  UseGuards,
} from '@nestjs/common'
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
import express5, { type Express } from 'express'
import express4 from 'express4'
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { Hono } from 'hono'
import { every, some } from 'hono/combine'
import Koa from 'koa'
import { afterEach, describe, expect, it } from 'vitest'
import { client, token } from './app.ts'
import { send } from './client.ts'
import { listen } from './listen.ts'
import type { Served } from './suite.ts'

/** Counts the handlers that ran. */
let ran = 0
const handled = () => {
  ran++
  return 'handled'
}

/** A protector over a store that takes 20 ms for each question. */
const hooks = memoryHooks({ clients: [client], tokens: [{ ...token(), clientId: client.clientId }] })
const protector = new ResourceProtector({
  hooks: {
    queryClient: (...asked) => sleep(20).then(() => hooks.queryClient(...asked)),
    queryToken: (...asked) => sleep(20).then(() => hooks.queryToken(...asked)),
    recordNonce: (...asked) => sleep(20).then(() => hooks.recordNonce(...asked)),
  },
})

/** The guards are composed alike. */
type Word = 'requireOAuth' | 'requireClient'

type Way = (name: string) => Promise<Served>
type Ways = Readonly<Record<string, Way>>

/** Each member builds a server whose handler is guarded, composed in one way. */
function waysOf<B>(build: Readonly<Record<string, B>>, serve: (build: B) => Promise<Served>): Ways {
  return Object.fromEntries(Object.entries(build).map(([name, one]) => [name, () => serve(one)]))
}

function expressWays(word: Word, express: typeof express5): Ways {
  const { [word]: guardOf } = onExpress
  const guard = guardOf(protector)
  const build: Record<string, (web: Express) => unknown> = {
    'as middleware of a route': (web) => web.get('/', guard),
    'as middleware of the application': (web) => web.use(guard),
    'in a list, twice': (web) => web.use([guard, guard]),
    'in a function that calls it with next': (web) =>
      web.use((req, res, next) => {
        void guard(req, res, next)
      }),
    'in a function that returns it': (web) => web.use((req, res, next) => guard(req, res, next)),
    'in an async function that awaits it with next': (web) =>
      web.use(async (req, res, next) => {
        await guard(req, res, next)
      }),
    'called without next and awaited': (web) =>
      web.use(async (req, res, next) => {
        await guard(req, res)
        next()
      }),
    'called without next, and what follows is chained': (web) =>
      web.use((req, res, next) => {
        void guard(req, res).then(() => next())
      }),
    'called without next, twice at once': (web) =>
      web.use(async (req, res, next) => {
        await Promise.all([guard(req, res), guard(req, res)])
        next()
      }),
    'made a promise': (web) =>
      web.use(async (req, res, next) => {
        await new Promise((resolve) => guard(req, res, resolve))
        next()
      }),
    'in the handler': (web) =>
      web.get('/', async (req, res) => {
        await guard(req, res)
        res.end(handled())
      }),
  }
  return waysOf(build, (one) => {
    const web = express()
    one(web)
    web.get('/', (_req, res) => res.end(handled()))
    return listen(createServer(web))
  })
}

function fastifyWays(word: Word, onSend: boolean): Ways {
  const { [word]: guardOf } = onFastify
  const fastifyGuard = guardOf(protector)
  const byHand = async (request: FastifyRequest, reply: FastifyReply) => {
    await fastifyGuard(request, reply)
  }
  const fastifyHooks: Record<string, object> = {
    'as onRequest hook': { onRequest: fastifyGuard },
    'as preValidation hook': { preValidation: fastifyGuard },
    'as preHandler hook': { preHandler: fastifyGuard },
    'in a list, twice': { onRequest: [fastifyGuard, fastifyGuard] },
    'in a function that calls it with done': {
      onRequest: (request: FastifyRequest, reply: FastifyReply, done: () => void) => {
        fastifyGuard(request, reply, done)
      },
    },
    'in an async onRequest hook that awaits it': { onRequest: byHand },
    'in an async preHandler hook that awaits it': { preHandler: byHand },
    'in an async hook that returns it': {
      onRequest: async (request: FastifyRequest, reply: FastifyReply) => fastifyGuard(request, reply),
    },
    'in a hook of two parameters that returns it': {
      onRequest: (request: FastifyRequest, reply: FastifyReply) => fastifyGuard(request, reply),
    },
    'made a promise': {
      onRequest: async (request: FastifyRequest, reply: FastifyReply) => {
        await new Promise<unknown>((resolve) => fastifyGuard(request, reply, resolve))
      },
    },
    'twice at once': {
      onRequest: async (request: FastifyRequest, reply: FastifyReply) => {
        await Promise.all([fastifyGuard(request, reply), fastifyGuard(request, reply)])
      },
    },
    'beside another hook': { onRequest: [async () => {}, byHand], preHandler: fastifyGuard },
  }
  const fastifyBuilds: Record<string, (web: FastifyInstance) => unknown> = {
    ...Object.fromEntries(
      Object.entries(fastifyHooks).map(([name, hook]) => [
        name,
        (web: FastifyInstance) => web.get('/', hook, async () => handled()),
      ]),
    ),
    'as a hook of the application': (web) => {
      web.addHook('onRequest', fastifyGuard)
      web.get('/', async () => handled())
    },
    'in an async hook of the application': (web) => {
      web.addHook('onRequest', byHand)
      web.get('/', async () => handled())
    },
    'in the handler': (web) =>
      web.get('/', async (request, reply) => {
        await byHand(request, reply)
        return handled()
      }),
  }
  return waysOf(fastifyBuilds, async (build) => {
    const web = fastify()
    // Then a response is not sent in the tick in which it is given.
    if (onSend) web.addHook('onSend', async (_request, _reply, payload) => sleep(10).then(() => payload))
    await build(web)
    return { base: await web.listen({ port: 0, host: '127.0.0.1' }), close: () => web.close() }
  })
}

function koaWays(word: Word): Ways {
  const { [word]: guardOf } = onKoa
  const koaGuard = guardOf(protector)
  return waysOf<Koa.Middleware>(
    {
      'as middleware': koaGuard,
      'around itself': (ctx, next) => koaGuard(ctx, () => koaGuard(ctx, next)),
      'in a function that returns it': (ctx, next) => koaGuard(ctx, next),
      'in an async function that awaits it with next': async (ctx, next) => {
        await koaGuard(ctx, next)
      },
      'called without next and awaited': async (ctx, next) => {
        await koaGuard(ctx)
        await next()
      },
      'called without next, and what follows is chained': (ctx, next) => koaGuard(ctx).then(next),
      'called without next, twice at once': async (ctx, next) => {
        await Promise.all([koaGuard(ctx), koaGuard(ctx)])
        await next()
      },
    },
    (middleware) => {
      const web = new Koa()
      web.use(middleware)
      web.use((ctx) => {
        ctx.body = handled()
      })
      return listen(createServer(web.callback()))
    },
  )
}

function honoWays(word: Word): Ways {
  const { [word]: guardOf } = onHono
  const honoGuard = guardOf(protector)
  const throwing = guardOf(protector, { errors: 'throw' })
  return waysOf<(web: Hono) => unknown>(
    {
      'as middleware of a route': (web) => web.get('/', honoGuard),
      'as middleware of the application, twice': (web) => web.use(honoGuard).use(honoGuard),
      'in a function that returns it': (web) => web.use((c, next) => honoGuard(c, next)),
      'in an async function that drops what it returns': (web) =>
        web.use(async (c, next) => {
          await honoGuard(c, next)
        }),
      'called without next and awaited': (web) =>
        web.use(async (c, next) => {
          await honoGuard(c)
          await next()
        }),
      'called without next, twice at once': (web) =>
        web.use(async (c, next) => {
          await Promise.all([honoGuard(c), honoGuard(c)])
          await next()
        }),
      'in every()': (web) => web.use(every(honoGuard, async (_c, next) => next())),
      'in some()': (web) => web.use(some(honoGuard, () => false)),
      'in some(), as one that throws': (web) =>
        web
          .use(
            some(throwing, async () => {
              throw new Error('Nor is it that.')
            }),
          )
          .onError((_error, c) => c.text('', 401)),
      'in the handler': (web) =>
        web.get('/', async (c) => {
          await honoGuard(c)
          return c.text(handled())
        }),
    },
    (build) => {
      const web = new Hono()
      build(web)
      web.get('/', (c) => c.text(handled()))
      return listen(createServer(getRequestListener(web.fetch)))
    },
  )
}

function nodeWays(word: Word): Ways {
  const { [word]: guardOf } = onNode
  const nodeGuard = guardOf(protector)
  const nodeHandler: RequestListener = (_req, res) => res.end(handled())
  return waysOf<RequestListener>(
    {
      'as listener': nodeGuard(nodeHandler),
      'around itself': nodeGuard(nodeGuard(nodeHandler)),
      'in a function that does not wait': (req, res) => {
        void nodeGuard(nodeHandler)(req, res)
      },
      'in an async function that awaits it': async (req, res) => {
        await nodeGuard(nodeHandler)(req, res)
      },
    },
    (listener) => listen(createServer(listener)),
  )
}

function fetchWays(word: Word): Ways {
  const { [word]: guardOf } = onFetch
  const fetchGuard = guardOf(protector)
  const fetchHandler = () => new Response(handled())
  return waysOf<(request: Request) => Response | Promise<Response>>(
    {
      'around a handler': fetchGuard(fetchHandler),
      'around itself': fetchGuard(fetchGuard(fetchHandler)),
      'in an async function that awaits it': async (request) => {
        const response = await fetchGuard(fetchHandler)(request)
        return response
      },
      'around a function that gives the response': async (request) => {
        let response: Response | undefined
        const refusal = await fetchGuard(() => {
          response = fetchHandler()
          return response
        })(request)
        return response ?? refusal
      },
    },
    (handler) => listen(createServer(getRequestListener(handler))),
  )
}

/** A guard that asks another one, as often as it is told. */
function asking(Guard: Type<CanActivate>, times: number) {
  class Asking implements CanActivate {
    async canActivate(context: ExecutionContext) {
      const guard = Reflect.construct(Guard, [{ protector }]) as CanActivate
      const verdicts = Array.from({ length: times }, () => guard.canActivate(context))
      return (await Promise.all(verdicts)).every(Boolean)
    }
  }
  return Asking
}
function nestDecorators(word: Word): Readonly<Record<string, readonly ClassDecorator[]>> {
  const [Guard, Protected] =
    word === 'requireOAuth'
      ? [onNest.OAuthGuard(), onNest.RequireOAuth]
      : [onNest.ClientGuard(), onNest.RequireClient]
  return {
    'as a decorator': [Protected()],
    'as a decorator, twice': [Protected(), Protected()],
    'in UseGuards': [UseGuards(Guard)],
    'in UseGuards, twice': [UseGuards(Guard, Guard)],
    'in a guard that asks it': [UseGuards(asking(Guard, 1))],
    'in a guard that asks it twice at once': [UseGuards(asking(Guard, 2))],
  }
}
const nestWays = (word: Word, platform: 'Express' | 'Fastify') =>
  waysOf(nestDecorators(word), async (decorators) => {
    class Handler {
      get() {
        return handled()
      }
    }
    Get()(Handler.prototype, 'get', Object.getOwnPropertyDescriptor(Handler.prototype, 'get') as never)
    for (const decorate of [...decorators, Controller()]) decorate(Handler)
    class AppModule {}
    Module({ imports: [onNest.CountersignModule.forRoot({ protector })], controllers: [Handler] })(AppModule)
    const adapter = platform === 'Express' ? new ExpressAdapter() : new FastifyAdapter()
    const web = await NestFactory.create(AppModule, adapter, { logger: false })
    await web.listen(0, '127.0.0.1')
    return { base: await web.getUrl(), close: () => web.close() }
  })

const frameworks: Readonly<Record<string, (word: Word) => Ways>> = {
  'Express 4': (word) => expressWays(word, express4 as unknown as typeof express5),
  'Express 5': (word) => expressWays(word, express5),
  Fastify: (word) => fastifyWays(word, false),
  'Fastify with an onSend hook': (word) => fastifyWays(word, true),
  Hono: honoWays,
  Koa: koaWays,
  'NestJS on Express': (word) => nestWays(word, 'Express'),
  'NestJS on Fastify': (word) => nestWays(word, 'Fastify'),
  Fetch: fetchWays,
  'node:http': nodeWays,
}
const words = [
  ['requireOAuth', token()],
  ['requireClient', null],
] as const
const cases = words.flatMap(([word, signedWith]) =>
  Object.entries(frameworks).map(([name, waysOf]) => [word, name, signedWith, waysOf(word)] as const),
)

describe.each(cases)('%s in %s', (_word, _name, token, ways) => {
  let served: Served | undefined
  afterEach(() => served?.close())

  it.each(Object.entries(ways))('waits for the verdict %s', async (name, serve) => {
    served = await serve(name)
    ran = 0
    const forged = await send({ base: served.base, path: '/', token, clientSecret: 'x' })
    // Longer than any store that was asked takes.
    await sleep(60)
    expect([forged.status, ran]).toEqual([401, 0])

    const signed = await send({ base: served.base, path: '/', token })
    expect([signed.status, signed.body, ran]).toEqual([200, 'handled', 1])
  })
})

const koaGuard = onKoa.requireOAuth(protector)
const honoGuard = onHono.requireOAuth(protector)
const fastifyGuard = onFastify.requireOAuth(protector)

it('middleware that nothing awaits lets no request in before the verdict', async () => {
  const koa = new Koa()
  koa.use((ctx, next) => {
    void koaGuard(ctx, next)
  })
  koa.use(() => void handled())
  const onHonoServer = new Hono()
  onHonoServer.get('/', (c, next) => {
    void honoGuard(c, next)
    return c.text('too early')
  })
  onHonoServer.get('/', (c) => c.text(handled()))
  for (const listener of [koa.callback(), getRequestListener(onHonoServer.fetch)]) {
    const served = await listen(createServer(listener))
    ran = 0
    expect((await send({ base: served.base, path: '/', clientSecret: 'x' })).body).not.toContain('handled')
    await sleep(60)
    expect(ran).toBe(0)
    await served.close()
  }
})

it('a guard called by hand whose refusal nothing waits for does not end the process', async () => {
  const koa = new Koa()
  koa.use((ctx) => {
    void koaGuard(ctx)
  })
  const web = fastify()
  web.get('/', (request, reply) => {
    void fastifyGuard(request, reply)
  })
  const services = [
    await listen(createServer(koa.callback())),
    { base: await web.listen({ port: 0, host: '127.0.0.1' }), close: () => web.close() },
  ]
  for (const { base, close } of services) {
    expect((await send({ base, path: '/', clientSecret: 'x' })).status).toBeGreaterThan(400)
    await sleep(60)
    await close()
  }
})
