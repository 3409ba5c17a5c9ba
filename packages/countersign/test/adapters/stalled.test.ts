import { expect, it } from 'vitest'
import { App } from './app.ts'
import { sendOctets } from './client.ts'
import { harness as forExpress } from './express.ts'
import { harnessOf } from './fastify.ts'
import { harness as forFetch } from './fetch.ts'
import { harness as forHono } from './hono.ts'
import { harness as forKoa } from './koa.ts'
import { harness as forNode } from './node.ts'
import { harnessOf as inWorkerd } from './workerd.ts'

const workerd = [inWorkerd('Fetch', ['none']), inWorkerd('Hono', ['none'])]

it.concurrent.each([forExpress, harnessOf('onRequest'), forFetch, forHono, forKoa, forNode, ...workerd])(
  '$name answers and closes when a client stalls in the middle of a form over the limit',
  async (harness) => {
    const served = await harness.serve(new App(), { parser: 'none', trust: false })
    const head = ['POST /api/echo HTTP/1.1', 'host: h', 'content-type: application/x-www-form-urlencoded']
    const sizes = ['content-length: 20000000', 'transfer-encoding: chunked']
    const bodies = sizes.map((size) => ({ size, body: 'x'.repeat(2_000_000) }))
    // A length over the limit is enough to be refused for.
    bodies.push({ size: 'content-length: 20000000', body: 'x' })
    const answers = await Promise.all(
      bodies.map(({ size, body }) => {
        const sent = size.startsWith('content') ? body : `${body.length.toString(16)}\r\n${body}\r\n`
        return sendOctets(served.base, `${[...head, size].join('\r\n')}\r\n\r\n${sent}`)
      }),
    )
    for (const answer of answers) expect(answer).toMatch(/^HTTP\/1.1 413 .*request_too_large/s)
    await served.close()
  },
)
