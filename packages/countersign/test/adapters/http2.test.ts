import { once } from 'node:events'
import { connect, createServer } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { currentAuthentication, requireOAuth } from 'countersign/node'
import { expect, it } from 'vitest'
import { App, textOf } from './app.ts'
import { authorization } from './client.ts'
import { honoApp } from './hono-app.ts'

it('speaks HTTP/2 on node:http2', async () => {
  const handler = requireOAuth(new App().protector)(async (req, res) => {
    const { request } = currentAuthentication(req)
    res.end(JSON.stringify([request.parameters, await textOf(req)]))
  })
  const server = createServer((req, res) => handler(req as never, res as never))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const session = connect(base)
  const post = async (body: string, authorize = true) => {
    const form = body === '' ? [] : body.split('&').map((pair) => pair.split('=') as [string, string])
    const stream = session.request({
      ':method': 'POST',
      ':path': '/x',
      'content-type': 'application/x-www-form-urlencoded',
      ...(authorize ? { authorization: authorization({ method: 'POST', base, path: '/x', form }) } : {}),
    })
    const status = once(stream, 'response').then(([headers]) => headers[':status'])
    stream.end(body)
    return [await status, await textOf(stream)]
  }
  try {
    expect(await post('a=1&a=2')).toEqual([
      200,
      JSON.stringify([
        [
          ['a', '1'],
          ['a', '2'],
        ],
        'a=1&a=2',
      ]),
    ])
    expect(await post('')).toEqual([200, '[[],""]'])
    expect((await post('a=1', false))[0]).toBe(401)
    expect((await post(`a=${'x'.repeat(2_000_000)}`, false))[0]).toBe(413)
  } finally {
    session.close()
    server.close()
  }
})

it('goes by the connection with Hono on node:http2, whatever the client says of the scheme', async () => {
  const app = new App({ insecureTransport: false })
  const server = createServer(getRequestListener(honoApp(app, 'none').fetch) as never)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const session = connect(`http://127.0.0.1:${port}`)
  const ask = async (method: string, path: string, scheme: string) => {
    const signed = { method, base: `${scheme}://127.0.0.1:${port}`, path }
    const stream = session.request({
      ':method': method,
      ':path': path,
      ':scheme': scheme,
      authorization: authorization(signed),
    })
    stream.end()
    return textOf(stream)
  }
  try {
    expect(await ask('POST', '/oauth/initiate', 'https')).toMatch(/^error=insecure_transport&/)
    expect(await ask('GET', '/api/echo', 'https')).toMatch(/"error":"invalid_signature"/)
    expect(await ask('GET', '/api/echo', 'http')).toContain('"byRequest":"token0"')
  } finally {
    session.close()
    server.close()
  }
})

it('ends a stream of HTTP/2 whose form does not end', async () => {
  const { protector } = new App({ limits: { bodyTimeoutSeconds: 0.2 } })
  const handler = requireOAuth(protector)((_req, res) => res.end())
  const server = createServer((req, res) => handler(req as never, res as never))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  try {
    const stream = session.request({
      ':method': 'POST',
      ':path': '/x',
      'content-type': 'application/x-www-form-urlencoded',
    })
    stream.on('error', () => {})
    stream.write('a=1')
    const closed = once(stream, 'close')
    const [headers] = await once(stream, 'response')
    expect(headers[':status']).toBe(408)
    stream.resume()
    await closed
  } finally {
    session.close()
    server.close()
  }
})
