import 'reflect-metadata'
import { createServer } from 'node:http'
import formbody from '@fastify/formbody'
import { getRequestListener } from '@hono/node-server'
import { All, Controller, Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { ExpressAdapter } from '@nestjs/platform-express'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import {
  AuthorizationServer,
  ConfigurationError,
  type Endpoint,
  type HttpResponse,
  OAuth1Error,
  ResourceProtector,
} from 'countersign'
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
import { ThirdParty } from '../../../../test/support/third-party.ts'
import { client } from './app.ts'
import { listen } from './listen.ts'
import type { Served } from './suite.ts'

type Responder = Endpoint | (() => HttpResponse | Promise<HttpResponse>)
type Serve = (responder: Responder, options?: onNode.EndpointOptions) => Promise<Served>

function nest(platform: 'Express' | 'Fastify', place: 'decorator' | 'middleware'): Serve {
  return async (responder, options = {}) => {
    class OAuthController {
      route() {
        return typeof responder === 'function' ? responder() : responder
      }
    }
    const route = Object.getOwnPropertyDescriptor(OAuthController.prototype, 'route') as PropertyDescriptor
    for (const decorate of [onNest.Endpoint(options), All('/x')])
      decorate(OAuthController.prototype, 'route', route)
    Controller()(OAuthController)
    class AppModule {}
    Module({ controllers: place === 'decorator' ? [OAuthController] : [] })(AppModule)
    // Fastify parses the body before it asks Nest, so its own limit holds as well.
    const adapter =
      platform === 'Express' ? new ExpressAdapter() : new FastifyAdapter({ bodyLimit: 10_000_000 })
    const web = await NestFactory.create(AppModule, adapter, { logger: false, bodyParser: false })
    if (platform === 'Fastify') await (adapter as FastifyAdapter).register(onFastify.countersign as never)
    if (place === 'middleware') web.use('/x', onNest.endpoint(responder, options))
    await web.listen(0, '127.0.0.1')
    return { base: await web.getUrl(), close: () => web.close() }
  }
}

function onFastifyWith(parser: 'formbody' | 'none'): Serve {
  return async (responder, options) => {
    const web = fastify()
    await web.register(onFastify.countersign)
    if (parser === 'formbody') await web.register(formbody)
    web.all('/x', onFastify.endpoint(responder, options))
    return { base: await web.listen({ port: 0, host: '127.0.0.1' }), close: () => web.close() }
  }
}

const frameworks: Readonly<Record<string, Serve>> = {
  Express: async (responder, options) =>
    listen(createServer(express().all('/x', onExpress.endpoint(responder, options)))),
  Fastify: onFastifyWith('none'),
  'Fastify with a parser': onFastifyWith('formbody'),
  Hono: async (responder, options) =>
    listen(createServer(getRequestListener(new Hono().all('/x', onHono.endpoint(responder, options)).fetch))),
  Koa: async (responder, options) =>
    listen(createServer(new Koa().use(onKoa.endpoint(responder, options)).callback())),
  Fetch: async (responder, options) =>
    listen(createServer(getRequestListener((request) => onFetch.endpoint(responder, options)(request)))),
  'node:http': async (responder, options) => listen(createServer(onNode.endpoint(responder, options))),
  'NestJS on Express': nest('Express', 'decorator'),
  'NestJS on Fastify': nest('Fastify', 'decorator'),
  'NestJS on Express, as middleware': nest('Express', 'middleware'),
  'NestJS on Fastify, as middleware': nest('Fastify', 'middleware'),
}

const signer = new ThirdParty({ key: client.clientId, secret: client.clientSecret as string })

/** Asks for a temporary credential with a signed form of this many octets. */
async function initiate(base: string, size: number): Promise<{ status: number; body: string }> {
  const data = { oauth_callback: 'oob', filler: 'x'.repeat(size) }
  const response = await signer.send('POST', `${base}/x`, { data, place: 'body' })
  return { status: response.status, body: await response.text() }
}

const hooks = memoryHooks({ clients: [client] })
const authorizationServer = () => new AuthorizationServer({ hooks, insecureTransport: true })
const refuse = () => {
  throw new OAuth1Error('missing_credentials', 'Refused on purpose.')
}

describe.each(Object.entries(frameworks))('endpoint in %s', (_, serve) => {
  let served: Served | undefined
  afterEach(() => served?.close())

  it('reads a form by the limits of its server, also by limits that are set later', async () => {
    const server = authorizationServer()
    served = await serve(server.initiate)
    const response = await initiate(served.base, 2_000_000)
    expect([response.status, response.body]).toEqual([413, expect.stringContaining('request_too_large')])
    server.init({ limits: { maxBodyLength: 5_000_000 } })
    expect(await initiate(served.base, 2_000_000)).toMatchObject({
      status: 200,
      body: expect.stringContaining('oauth_callback_confirmed=true'),
    })
    expect((await initiate(served.base, 100)).status).toBe(200)
    server.init({ limits: { maxBodyLength: 1000 } })
    expect((await initiate(served.base, 2000)).status).toBe(413)
  })

  it('goes to the token endpoint', async () => {
    served = await serve(authorizationServer().token)
    const get = await fetch(`${served.base}/x`)
    expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST'])
    const post = await fetch(`${served.base}/x`, { method: 'POST' })
    expect([post.status, post.headers.get('www-authenticate')]).toEqual([401, 'OAuth realm="OAuth"'])
  })

  it('challenges with the realm of its server, one that is set later or one of its own', async () => {
    const server = authorizationServer()
    const challenge = async (options?: onNode.EndpointOptions) => {
      const { base, close } = await serve(refuse, options)
      const response = await fetch(`${base}/x`, { headers: { accept: 'application/json' } })
      await close()
      expect(await response.json()).toMatchObject({ error: 'missing_credentials' })
      return [response.status, response.headers.get('www-authenticate')]
    }
    expect(await challenge()).toEqual([401, 'OAuth realm="OAuth"'])
    expect(await challenge({ realm: 'Own' })).toEqual([401, 'OAuth realm="Own"'])
    server.init({ realm: 'Photos' })
    expect(await challenge({ server })).toEqual([401, 'OAuth realm="Photos"'])
    expect(await challenge({ server, realm: 'Own' })).toEqual([401, 'OAuth realm="Own"'])

    served = await serve(server.token)
    const later = await fetch(`${served.base}/x`, { method: 'POST' })
    expect(later.headers.get('www-authenticate')).toBe('OAuth realm="Photos"')
  })
})

describe('endpoint for a function of NestJS', () => {
  it.each(['Express', 'Fastify'])("takes limits and realm of the module's server on %s", async (platform) => {
    const server = new AuthorizationServer({ hooks, realm: 'Photos', limits: { maxBodyLength: 1000 } })
    class OAuthController {
      route(request: unknown) {
        return request ? refuse() : undefined
      }
    }
    onNest.OAuthRequest()(OAuthController.prototype, 'route', 0)
    const route = Object.getOwnPropertyDescriptor(OAuthController.prototype, 'route') as PropertyDescriptor
    for (const decorate of [onNest.Endpoint(), All('/x')]) decorate(OAuthController.prototype, 'route', route)
    Controller()(OAuthController)
    const protector = new ResourceProtector({ hooks })
    class AppModule {}
    const imports = [onNest.CountersignModule.forRoot({ protector, server })]
    Module({ imports, controllers: [OAuthController] })(AppModule)
    const adapter = platform === 'Express' ? new ExpressAdapter() : new FastifyAdapter()
    const web = await NestFactory.create(AppModule, adapter, { logger: false, rawBody: true })
    await web.listen(0, '127.0.0.1')
    const url = `${await web.getUrl()}/x`
    const small = await fetch(url, { method: 'POST', body: new URLSearchParams({ a: 'x' }) })
    const large = await fetch(url, { method: 'POST', body: new URLSearchParams({ a: 'x'.repeat(2000) }) })
    await web.close()
    expect(small.headers.get('www-authenticate')).toBe('OAuth realm="Photos"')
    expect([small.status, large.status]).toEqual([401, 413])
  })
})

it('endpoint refuses what returns no response when the route is made', () => {
  const server = authorizationServer() as unknown as Record<string, never>
  for (const { endpoint } of [onExpress, onFastify, onFetch, onHono, onKoa, onNest, onNode]) {
    for (const wrong of [undefined, server, server['tokens'], 'token'])
      expect(() => endpoint(wrong as never)).toThrow(ConfigurationError)
  }
})

describe('options are checked when the route is made', () => {
  const server = authorizationServer()
  const adapters = { onExpress, onFastify, onFetch, onHono, onKoa, onNest, onNode }
  const wrong: [name: string, options: object, message: string][] = [
    ['a misspelt name', { limit: {} }, 'endpoint has no option "limit". Did you mean limits?'],
    ['a misspelt limit', { limits: { maxBodyLenght: 1 } }, 'Did you mean maxBodyLength?'],
    [
      'a limit out of its range',
      { limits: { maxBodyLength: 0 } },
      'maxBodyLength must be a whole number from 1',
    ],
    ['limits that are a number', { limits: 5 }, 'limits must be an object'],
    ['a realm that no header holds', { realm: 'a\nb' }, 'realm must be of printable Latin-1 characters'],
    ['another word for errors', { errors: 'next' }, 'errors must be answer or throw; it is "next"'],
    ['hooks for a server', { server: hooks }, 'server must be an AuthorizationServer, or an endpoint of one'],
    [
      'a protector for a server',
      { server: new ResourceProtector({ hooks }) },
      'must be an AuthorizationServer',
    ],
  ]
  it.each(wrong)('%s', (_, options, message) => {
    for (const [name, { endpoint }] of Object.entries(adapters))
      expect(() => endpoint(server.token, options), name).toThrow(message)
    expect(() => onNest.Endpoint(options)).toThrow(message)
  })

  it('a server and an endpoint of it are both taken', () => {
    for (const { endpoint } of Object.values(adapters))
      for (const either of [server, server.token])
        expect(() => endpoint(refuse, { server: either })).not.toThrow()
  })

  const protector = new ResourceProtector({ hooks })
  it.each<[string, () => unknown, string]>([
    [
      'forRoot',
      () => onNest.CountersignModule.forRoot({ protector, servers: server } as never),
      'Did you mean server?',
    ],
    [
      'forRoot',
      () => onNest.CountersignModule.forRoot({ protector: hooks } as never),
      'must be a ResourceProtector',
    ],
    [
      'forRootAsync',
      () => onNest.CountersignModule.forRootAsync({ useFactor: () => protector } as never),
      'useFactory?',
    ],
    ['CurrentCredential', () => onNest.CurrentCredential({ request: () => ({}) } as never), 'requestOf'],
    [
      'CurrentAuthentication',
      () => onNest.CurrentAuthentication({ requestOf: 'req' } as never),
      'must be a function',
    ],
    [
      'RequireOAuth',
      () => onNest.RequireOAuth({ requestOf: 'req' } as never),
      'requestOf must be a function',
    ],
    ['OAuthRequest', () => onNest.OAuthRequest({ limits: { maxBody: 1 } } as never), 'maxBodyLength?'],
  ])('%s of NestJS', (_, make, message) => {
    expect(make).toThrow(ConfigurationError)
    expect(make).toThrow(message)
  })

  it('what a factory of NestJS returns is checked as well', async () => {
    class AppModule {}
    const useFactory = async () => ({ protector, sever: server })
    Module({ imports: [onNest.CountersignModule.forRootAsync({ useFactory })] })(AppModule)
    const app = NestFactory.create(AppModule, { logger: false, abortOnError: false })
    await expect(app).rejects.toThrow('Did you mean server?')
  })
})
