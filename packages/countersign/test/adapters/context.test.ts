import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { serve } from '@hono/node-server'
import * as onExpress from 'countersign/express'
import * as onFastify from 'countersign/fastify'
import * as onHono from 'countersign/hono'
import * as onKoa from 'countersign/koa'
import * as onNode from 'countersign/node'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import Koa from 'koa'
import { afterAll, describe, expect, it } from 'vitest'
import { App, textOf } from './app.ts'
import { authorization } from './client.ts'

/** `/late` parses a body after `requireOAuth` and only then asks who it is; `/open` asks without being protected. */
const servers: Record<string, (app: App) => Promise<{ base: string; close: () => unknown }>> = {
  async Express({ protector }) {
    const web = express()
    web.all('/late', onExpress.requireOAuth(protector), express.json(), (_req, res) => {
      res.end(asked(onExpress.currentCredential))
    })
    web.all('/open', express.json(), (_req, res) => {
      res.end(asked(onExpress.currentCredential))
    })
    return listening(createServer(web))
  },

  async 'Fastify, onRequest'({ protector }) {
    const web = fastify()
    await web.register(onFastify.countersign)
    web.all('/late', { onRequest: onFastify.requireOAuth(protector) }, async () =>
      asked(onFastify.currentCredential),
    )
    web.all('/open', async () => asked(onFastify.currentCredential))
    return { base: await web.listen({ port: 0, host: '127.0.0.1' }), close: () => web.close() }
  },

  async 'Fastify, preHandler'({ protector }) {
    const web = fastify()
    await web.register(onFastify.countersign)
    web.all('/late', { preHandler: onFastify.requireOAuth(protector) }, async () =>
      asked(onFastify.currentCredential),
    )
    web.all('/open', async () => asked(onFastify.currentCredential))
    return { base: await web.listen({ port: 0, host: '127.0.0.1' }), close: () => web.close() }
  },

  async Koa({ protector }) {
    const web = new Koa()
    web.use(async (ctx, next) => {
      if (ctx.path === '/late') await onKoa.requireOAuth(protector)(ctx, next)
      else await next()
    })
    web.use(async (ctx) => {
      await textOf(ctx.req)
      ctx.body = asked(onKoa.currentCredential)
    })
    return listening(createServer(web.callback()))
  },

  async Hono({ protector }) {
    const web = new Hono()
    web.use('/late', onHono.requireOAuth(protector))
    web.all('*', async (c) => {
      await c.req.text()
      return c.text(asked(onHono.currentCredential))
    })
    const server = serve({ fetch: web.fetch, port: 0, hostname: '127.0.0.1' }) as Server
    await new Promise((resolve) => server.once('listening', resolve))
    return { base: baseOf(server), close: () => server.close() }
  },

  async 'node:http'({ protector }) {
    const response = async (req: IncomingMessage, res: ServerResponse) => {
      await textOf(req)
      res.end(asked(onNode.currentCredential))
    }
    const late = onNode.requireOAuth(protector)(response)
    return listening(createServer((req, res) => void (req.url === '/late' ? late : response)(req, res)))
  },
}

function asked(currentCredential: () => { oauthToken: string }): string {
  try {
    return `known as ${currentCredential().oauthToken}`
  } catch (error) {
    return (error as Error).name
  }
}

function baseOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function listening(server: Server) {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { base: baseOf(server), close: () => server.close() }
}

/** One kept connection: sends pieces one after another, the next when the last one has surely been taken up. */
async function converse(base: string, pieces: readonly string[]): Promise<string[]> {
  const { hostname, port } = new URL(base)
  const socket = connect(Number(port), hostname)
  socket.setNoDelay(true)
  let received = ''
  socket.on('data', (chunk) => {
    received += chunk
  })
  for (const piece of pieces) {
    socket.write(piece)
    await new Promise((resolve) => setTimeout(resolve, 60))
  }
  socket.end()
  await new Promise((resolve) => socket.once('close', resolve))
  return [...received.matchAll(/known as token0|ConfigurationError/g)].map(([text]) => text)
}

describe.each(Object.entries(servers))('The async context on %s', (_name, start) => {
  const app = new App()
  const started = start(app)
  afterAll(async () => (await started).close())

  const head = (base: string, path: string, isSigned: boolean) =>
    [
      `POST ${path} HTTP/1.1`,
      `Host: ${new URL(base).host}`,
      'Content-Type: application/json',
      'Content-Length: 7',
      ...(isSigned ? [`Authorization: ${authorization({ method: 'POST', base, path })}`] : []),
      '\r\n',
    ].join('\r\n')

  it('holds while a body that comes late is parsed', async () => {
    const { base } = await started
    expect(await converse(base, [head(base, '/late', true), '{"a":', '1}'])).toEqual(['known as token0'])
  })

  it('does not remain for the next request on the same connection', async () => {
    const { base } = await started
    const responses = await converse(base, [
      `${head(base, '/late', true)}{"a":1}`,
      head(base, '/open', false),
      '{"a":1}',
      `${head(base, '/late', true)}{"a":1}${head(base, '/open', false)}{"a"`,
      ':1}',
    ])
    expect(responses).toEqual([
      'known as token0',
      'ConfigurationError',
      'known as token0',
      'ConfigurationError',
    ])
  })
})
