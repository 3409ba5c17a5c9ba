import { createServer } from 'node:http'
import { parse as parseQuerystring } from 'node:querystring'
import formbody from '@fastify/formbody'
import Router from '@koa/router'
import * as forExpress from 'countersign/express'
import * as forFastify from 'countersign/fastify'
import * as forFetch from 'countersign/fetch'
import * as forHono from 'countersign/hono'
import * as forKoa from 'countersign/koa'
import * as forNode from 'countersign/node'
import express from 'express'
import express4 from 'express4'
import fastify, { type FastifyInstance } from 'fastify'
import { Hono } from 'hono'
import Koa, { type Middleware } from 'koa'
import { afterAll, describe, expect, it } from 'vitest'
import { App } from './app.ts'
import { type Call, send } from './client.ts'
import { listen } from './listen.ts'
import type { Served } from './suite.ts'

type Form = NonNullable<Call['form']>
const single: Form = [
  ['a', '2'],
  ['b', '%E2%98%95'],
]
const repeated: Form = [...single, ['a', '1']]
const nested: Form = [['f%5Bid%5D', '1']]

/** What a handler after `requireOAuth` got, or the error that the framework received. */
const ok = 'let in'

const { protector } = new App()

/** Koa without the raw body that its own parser keeps: another parser that leaves this. */
function koaWith(body: unknown): Koa {
  const web = new Koa()
  const router = new Router()
  const parse: Middleware = async (ctx, next) => {
    for await (const _ of ctx.req);
    ;(ctx.request as { body?: unknown }).body = body
    await next()
  }
  router.post('/', parse, forKoa.requireOAuth(protector), (ctx) => {
    ctx.body = ok
  })
  web.use(async (ctx, next) => {
    try {
      await next()
    } catch (error) {
      ctx.body = String(error)
    }
  })
  web.use(router.routes())
  return web
}

function expressWith(parser: express.RequestHandler | express4.RequestHandler) {
  const web = express()
  const onError: express.ErrorRequestHandler = (error, _req, res, _next) => {
    res.send(String(error))
  }
  web.use(parser as express.RequestHandler)
  web.post('/', forExpress.requireOAuth(protector), (_req, res) => {
    res.send(ok)
  })
  return listen(createServer(web.use(onError)))
}

async function fastifyWith(prepare: (web: FastifyInstance) => unknown, hook = 'preHandler') {
  const web = fastify()
  await prepare(web)
  web.setErrorHandler((error, _request, reply) => {
    reply.code(200).send(String(error))
  })
  web.post('/', { [hook]: forFastify.requireOAuth(protector) }, () => ok)
  return { base: await web.listen({ port: 0, host: '127.0.0.1' }), close: () => web.close() }
}

describe('A form that something parsed before', () => {
  const open: Served[] = []
  afterAll(() => Promise.all(open.map((served) => served.close())))
  const answerTo = async (served: Served | Promise<Served>, form: Form) => {
    open.push(await served)
    const { body } = await send({ base: (await served).base, path: '/', method: 'POST', form })
    return body
  }
  const parse = { extended: (extended: boolean) => express.urlencoded({ extended }) }
  const text = 'a=2&b=%E2%98%95&a=1'
  const nest = (web: FastifyInstance) =>
    web.addContentTypeParser<string>(
      'application/x-www-form-urlencoded',
      { parseAs: 'string' },
      async () => ({ f: { id: '1' } }),
    )

  it.each<[string, () => Served | Promise<Served>, form?: Form]>([
    ['Express, single fields', () => expressWith(parse.extended(false)), single],
    [
      'Express, single fields, by a parser that reads brackets',
      () => expressWith(parse.extended(true)),
      single,
    ],
    [
      'Express 4, by its parser without brackets',
      () => expressWith(express4.urlencoded({ extended: false })),
    ],
    ['Express, text', () => expressWith(express.text({ type: '*/*' }))],
    ['Express, octets', () => expressWith(express.raw({ type: '*/*' }))],
    ['Fastify, formbody without the plugin', () => fastifyWith((web) => web.register(formbody))],
    [
      'Fastify, formbody without the plugin, before parsing',
      () => fastifyWith((web) => web.register(formbody), 'onRequest'),
    ],
    ['Koa, parsed', () => listen(createServer(koaWith(parseQuerystring(text)).callback()))],
    ['Koa, text', () => listen(createServer(koaWith(text).callback()))],
  ])('is put together again where nothing is lost: %s', async (_, serve, form = repeated) => {
    expect(await answerTo(serve(), form)).toBe(ok)
  })

  it.each<[extended: boolean, ...Form]>([
    [true, ['a%5B%5D', '1']],
    [true, ['a%5B%5D', '1'], ['a%5B%5D', '2']],
    [true, ['a%5B0%5D', '1']],
    [true, ['a', '1'], ['a%5B%5D', '2']],
    [true, ['a', '1'], ['a', '2']],
    [false, ['a', '1'], ['a', '2']],
  ])(
    'is refused where brackets cannot be told from repeats: extended %s, %j %j',
    async (extended, ...form) => {
      const body = await answerTo(expressWith(parse.extended(extended)), form)
      expect(body).toContain(
        'ConfigurationError: A body parser made an array or an object of the form field a',
      )
    },
  )

  /** What an API of files does: the fields are elsewhere, and `body` is what a parser of JSON leaves. */
  const collector: express.RequestHandler = async (req, _res, next) => {
    req.body = {}
    for await (const _ of req);
    next()
  }
  const elsewhere: readonly (readonly [string, () => Served | Promise<Served>])[] = [
    ['Express', () => expressWith(collector)],
    ['Koa', () => listen(createServer(koaWith({}).callback()))],
    [
      'Fastify',
      () =>
        fastifyWith((web) =>
          web.addContentTypeParser(
            'application/x-www-form-urlencoded',
            async (_request: unknown, payload: AsyncIterable<unknown>) => {
              for await (const _ of payload);
              return {}
            },
          ),
        ),
    ],
    [
      'node:http',
      () =>
        listen(
          createServer(async (req, res) => {
            for await (const _ of req);
            Object.assign(req, { body: {} })
            const guarded = forNode.requireOAuth(protector, { errors: 'throw' })((_req, out) => out.end(ok))
            await guarded(req, res).catch((error: unknown) => res.end(String(error)))
          }),
        ),
    ],
  ]
  it.each(elsewhere)(
    'is refused where another reader took it and left an empty object: %s',
    async (_, serve) => {
      const served = await serve()
      open.push(served)
      const call = { base: served.base, path: '/', method: 'POST', form: [] } as const
      const added = await send({ ...call, formText: 'to=mallory&amount=1000' })
      expect(added.body).toContain(
        'ConfigurationError: The form body was read before its signature could be checked',
      )
      expect((await send(call)).body).toBe(ok)
    },
  )

  const unread = (parser: express.RequestHandler | express4.RequestHandler) => () => expressWith(parser)
  it.each<[string, () => Served | Promise<Served>, value: string]>([
    ['Express, an escape', unread(parse.extended(false)), '%FF'],
    ['Express, an escape of an escape, which it reads alike', unread(parse.extended(false)), '%25FF'],
    ['Express, an escape, by a parser that reads brackets', unread(parse.extended(true)), '%FF'],
    ['Express 4, an escape', unread(express4.urlencoded({ extended: false })), '%FF'],
    ['Express, text', unread(express.text({ type: '*/*' })), '\xff'],
    ['Koa, text', () => listen(createServer(koaWith('a=\ufffd').callback())), '\xff'],
  ])('is refused where octets that are not UTF-8 were lost: %s', async (_, serve, value) => {
    const body = await answerTo(serve(), [['a', value]])
    expect(body).toMatch(/^ConfigurationError: The form may hold octets that are not UTF-8.* (?:Mount|Use)/)
  })

  it.each(['text', 'formData'] as const)('is refused where Hono lost octets: %s', async (read) => {
    const web = new Hono()
    web.use(async (c, next) => {
      await c.req[read]()
      await next()
    })
    web.post('/', forHono.requireOAuth(protector), (c) => c.text(ok))
    web.onError((error, c) => c.text(String(error)))
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const response = await web.request('http://h/', {
      method: 'POST',
      headers,
      body: Buffer.from('a=\xff', 'latin1'),
    })
    expect(await response.text()).toMatch(/^ConfigurationError: The form may hold octets that are not UTF-8/)
  })

  it('is taken with values that hold escapes of their own', async () => {
    const form: Form = [['a', 'http%3A%2F%2Fe.com%2F%3Fq%3D%2520100%2525']]
    expect(await answerTo(expressWith(parse.extended(true)), form)).toBe(ok)
    expect(await answerTo(expressWith(parse.extended(false)), [['a', '100%25']])).toBe(ok)
  })

  it.each<[string, () => Served | Promise<Served>, string]>([
    ['Express', () => expressWith(parse.extended(true)), 'express.urlencoded({ verify: keepRawBody })'],
    ['Fastify', () => fastifyWith(nest), 'app.register(countersign)'],
    ['Koa', () => listen(createServer(koaWith({ f: { id: '1' } }).callback())), '@koa/bodyparser'],
  ])('is refused where fields became objects, with the remedy: %s', async (_, serve, remedy) => {
    const body = await answerTo(serve(), nested)
    expect(body).toContain('ConfigurationError: A body parser made an array or an object of the form field f')
    expect(body).toContain(remedy)
  })

  it('is verified by what the Fastify plugin kept, whatever a parser makes of it', async () => {
    const served = fastifyWith(async (web) => {
      nest(web)
      await web.register(forFastify.countersign)
    })
    expect(await answerTo(served, nested)).toBe(ok)
  })

  it('is refused where the stream was read and nothing is left', async () => {
    const inHono = new Hono()
    inHono.use(async (c, next) => {
      await c.req.raw.text()
      await next()
    })
    inHono.post('/', forHono.requireOAuth(protector), (c) => c.text(ok))
    inHono.onError((error, c) => c.text(String(error)))
    const request = () => new Request('http://h/', { method: 'POST', body: new URLSearchParams({ a: '1' }) })
    expect(await (await inHono.request(request())).text()).toMatch(/^ConfigurationError: .*c\.req\.text\(\)/)

    const spent = request()
    await spent.text()
    const inFetch = forFetch.requireOAuth(protector)(() => new Response(ok))
    await expect(inFetch(spent)).rejects.toThrow(/request\.clone\(\)/)

    const inNode = forNode.requireOAuth(protector, { errors: 'throw' })((_req, res) => res.end(ok))
    const served = listen(
      createServer(async (req, res) => {
        for await (const _ of req);
        await inNode(req, res).catch((error) => res.end(String(error)))
      }),
    )
    expect(await answerTo(served, repeated)).toMatch(
      /^ConfigurationError: .*before anything reads the request/,
    )
  })

  it('becomes no fields before its request was let in, however many there are', async () => {
    const web = express()
    let seen: express.Request | undefined
    web.use((req, _res, next) => {
      seen = req
      next()
    })
    web.post('/', forExpress.requireOAuth(protector), (req, res) => {
      res.json(req.body)
    })
    const served = listen(createServer(web))
    open.push(await served)
    const call = { base: (await served).base, path: '/', method: 'POST', form: repeated }
    expect(await send(call, false)).toMatchObject({ status: 401 })
    expect(Object.getOwnPropertyDescriptor(seen, 'body')?.value).toBeUndefined()
    expect(JSON.parse((await send(call)).body)).toEqual({ a: ['2', '1'], b: '☕' })
    expect(Object.getOwnPropertyDescriptor(seen, 'body')?.value).toBeDefined()
  })

  it("is refused by Fastify's plugin where it has more fields than may be signed", async () => {
    const served = await fastifyWith((web) => web.register(forFastify.countersign))
    open.push(served)
    const many = (count: number): Form => Array.from({ length: count }, (_, i) => [`n${i}`, ''])
    const status = async (form: Form) =>
      (await send({ base: served.base, path: '/', method: 'POST', form })).body
    expect(await status(many(900))).toBe(ok)
    expect(await status(many(1_001))).toContain('request_too_large')
  })

  it('is read once, however often it is asked for', async () => {
    const web = express()
    web.post('/', async (req, res) => {
      const [one, two] = await Promise.all([forExpress.httpRequest(req), forExpress.httpRequest(req)])
      const three = await forExpress.httpRequest(req)
      res.json([one.body, two.body, three.body])
    })
    const body = await answerTo(listen(createServer(web)), repeated)
    expect(new Set(JSON.parse(body))).toEqual(new Set(['a=2&b=%E2%98%95&a=1']))
  })
})
