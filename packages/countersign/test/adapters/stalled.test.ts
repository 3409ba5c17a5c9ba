import { connect } from 'node:net'
import { expect, it } from 'vitest'
import { App } from './app.ts'
import { sendOctets } from './client.ts'
import { harness as forExpress } from './express.ts'
import { harnessOf } from './fastify.ts'
import { harness as forFetch } from './fetch.ts'
import { harness as forHono } from './hono.ts'
import { harness as forKoa } from './koa.ts'
import { onExpress, onFastify } from './nestjs.ts'
import { harness as forNode } from './node.ts'
import { harnessOf as inWorkerd } from './workerd.ts'

const workerd = [inWorkerd('Fetch', ['none']), inWorkerd('Hono', ['none'])]

it.concurrent.each([forExpress, harnessOf('onRequest'), forFetch, forHono, forKoa, forNode, ...workerd])(
  '$name responds and closes when a client stalls in the middle of a form over the limit',
  async (harness) => {
    const served = await harness.serve(new App(), { parser: 'none', trust: false })
    const head = ['POST /api/echo HTTP/1.1', 'host: h', 'content-type: application/x-www-form-urlencoded']
    const sizes = ['content-length: 20000000', 'transfer-encoding: chunked']
    const bodies = sizes.map((size) => ({ size, body: 'x'.repeat(2_000_000) }))
    // A length over the limit is enough to be refused for.
    bodies.push({ size: 'content-length: 20000000', body: 'x' })
    const responses = await Promise.all(
      bodies.map(({ size, body }) => {
        const sent = size.startsWith('content') ? body : `${body.length.toString(16)}\r\n${body}\r\n`
        return sendOctets(served.base, `${[...head, size].join('\r\n')}\r\n\r\n${sent}`)
      }),
    )
    for (const response of responses) expect(response).toMatch(/^HTTP\/1.1 413 .*request_too_large/s)
    await served.close()
  },
)

/** Sends a head and then an octet now and then, for as long as the server takes it. */
function dribble(base: string, head: readonly string[], chunked: boolean): Promise<string> {
  const { hostname, port } = new URL(base)
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname)
    const size = chunked ? 'transfer-encoding: chunked' : 'content-length: 5000'
    socket.write(`${[...head, size].join('\r\n')}\r\n\r\n`)
    const timer = setInterval(() => socket.write(chunked ? '1\r\na\r\n' : 'a'), 200)
    const chunks: Buffer[] = []
    socket.on('data', (chunk) => chunks.push(chunk)).on('error', () => {})
    socket.on('close', () => {
      clearInterval(timer)
      resolve(Buffer.concat(chunks).toString('latin1'))
    })
  })
}

const onNodeServers = [
  forExpress,
  harnessOf('onRequest'),
  harnessOf('preHandler'),
  forFetch,
  forHono,
  forKoa,
  forNode,
  onExpress,
  onFastify,
]
it.concurrent.each(onNodeServers)(
  '$name returns 408 and closes when a form does not end in time, however it trickles in',
  async (harness) => {
    const app = new App({ limits: { bodyTimeoutSeconds: 1 } })
    const served = await harness.serve(app, { parser: 'none', trust: false })
    const paths = ['/api/echo', '/api/throw', '/oauth/token']
    const responses = await Promise.all(
      paths.flatMap((path) => {
        const form = 'content-type: application/x-www-form-urlencoded'
        const head = [`POST ${path} HTTP/1.1`, 'host: h', form]
        return [dribble(served.base, head, false), dribble(served.base, head, true)]
      }),
    )
    for (const response of responses) expect(response).toMatch(/^HTTP\/1.1 408 .*request_timeout/s)
    await served.close()
  },
  30_000,
)

it.each(workerd)(
  '$name returns 408 when a form does not end in time',
  async (harness) => {
    const app = new App({ limits: { bodyTimeoutSeconds: 1 } })
    const served = await harness.serve(app, { parser: 'none', trust: false })
    const head = ['POST /api/echo HTTP/1.1', 'host: h', 'content-type: application/x-www-form-urlencoded']
    const socket = connect(Number(new URL(served.base).port), '127.0.0.1')
    socket.write(`${[...head, 'content-length: 5000'].join('\r\n')}\r\n\r\na=1`)
    const response = await new Promise((resolve) => socket.on('data', (data) => resolve(data.toString())))
    expect(response).toMatch(/^HTTP\/1.1 408 /)
    socket.destroy()
    await served.close()
  },
  30_000,
)
