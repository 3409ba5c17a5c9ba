import type { IncomingMessage } from 'node:http'
import { httpRequest as inHono } from 'countersign/hono'
import { httpRequest as inNode } from 'countersign/node'
import { expect, it } from 'vitest'

/** The parts of a request that are read; Node's sockets have `encrypted` on TLS only, Bun's always. */
function incoming(socket: object): IncomingMessage {
  const headers = { host: 'h' }
  return { method: 'GET', url: '/x', headers, rawHeaders: ['host', 'h'], socket } as never
}

it.each([
  ['http', {}],
  ['http', { encrypted: false }],
  ['https', { encrypted: true }],
])('calls a connection %s when its socket is %j', async (scheme, socket) => {
  const req = incoming(socket)
  expect(await inNode(req)).toMatchObject({ url: `${scheme}://h/x` })
  const c = {
    env: { incoming: req },
    req: { raw: new Request('https://other/x'), bodyCache: {} },
    res: new Response(),
    header() {},
  }
  expect(await inHono(c)).toMatchObject({ url: `${scheme}://h/x` })
})
