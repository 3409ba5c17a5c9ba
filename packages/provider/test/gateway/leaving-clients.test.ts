import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { ThirdParty } from '../../../../test/support/third-party.ts'
import type { SettingsInput } from '../../src/settings/settings.ts'
import { client, openSetting, type Setting } from './setting.ts'
import { upgradeRequest } from './upgrade-request.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

/** A gateway in front of an upstream that writes octets of its own to each connection. */
async function rawSetting(respond: (socket: Socket, head: string) => void, given: SettingsInput = {}) {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket)).on('error', () => {})
    socket.on('data', (octets) => respond(socket, String(octets)))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing.push(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const { port } = server.address() as { port: number }
  const setting = await openSetting(`http://127.0.0.1:${port}`, given)
  closing.push(setting.close)
  return { setting, sockets }
}

const ok = (socket: Socket) => void socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')

function opened({ address }: Setting, octets: string): Socket {
  const { hostname, port } = new URL(address)
  const socket = connect({ port: Number(port), host: hostname, allowHalfOpen: true })
  socket.on('error', () => {})
  socket.write(octets)
  closing.push(() => socket.destroy())
  return socket
}

const thirdParty = new ThirdParty(client)

function signedHead({ address, token }: Setting, method: string, more = ''): string {
  const url = `${address}/photos`
  const authorization = thirdParty.authorization(method, url, { token })
  const lines = [
    `${method} /photos HTTP/1.1`,
    `Host: ${new URL(address).host}`,
    `Authorization: ${authorization}`,
  ]
  return `${lines.join('\r\n')}\r\n${more}\r\n`
}

function send({ address, token }: Setting): Promise<Response> {
  const url = `${address}/photos`
  return fetch(url, { headers: { authorization: thirdParty.authorization('GET', url, { token }) } })
}

describe('a client', () => {
  it('that resets its connection after CONNECT does no harm', async () => {
    const { setting } = await rawSetting(ok)
    for (let at = 0; at < 60; at++) {
      const socket = opened(setting, 'CONNECT example.com:443 HTTP/1.1\r\nHost: example.com\r\n\r\n')
      socket.once('connect', () => setImmediate(() => socket.resetAndDestroy()))
      await once(socket, 'close')
    }
    expect((await send(setting)).status).toBe(200)
  })

  it.each([
    ['after CONNECT', () => 'CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\nmore'],
    [
      'after an upgrade that is refused',
      ({ address }: Setting) =>
        `GET / HTTP/1.1\r\nHost: ${new URL(address).host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n\r\nmore`,
    ],
    ['after octets that are no request', () => 'no request\r\n\r\nmore'],
  ])('that neither reads nor leaves keeps no connection: %s', async (_what, octets) => {
    const { setting } = await rawSetting(ok, { maxConnections: 4 })
    for (let at = 0; at < 4; at++) opened(setting, octets(setting)).pause()
    await expect
      .poll(async () => (await send(setting).catch(() => undefined))?.status, { timeout: 15_000 })
      .toBe(200)
  })

  it.each([
    ['a GET', 'GET', ''],
    ['a POST', 'POST', 'Content-Length: 4\r\n\r\nbody'],
    ['the half of a body', 'POST', 'Content-Length: 100\r\n\r\nbody'],
  ])(
    'that leaves while it is checked keeps no connection to the upstream: %s',
    async (_what, method, more) => {
      const { setting } = await rawSetting(ok, {
        gateway: { upstreamConnections: 2, responseTimeoutSeconds: 2 },
      })
      for (let at = 0; at < 60; at++) {
        const socket = opened(
          setting,
          more === '' ? signedHead(setting, method) : signedHead(setting, method, more).slice(0, -2),
        )
        // At another moment each time.
        socket.once('connect', () => setTimeout(() => socket.resetAndDestroy(), at % 12))
        await once(socket, 'close')
      }
      await expect.poll(async () => (await send(setting)).status, { timeout: 10_000 }).toBe(200)
      const all = await Promise.all(Array.from({ length: 6 }, () => send(setting)))
      expect(all.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200])
    },
  )

  it('that leaves while its WebSocket is refused slowly leaves no connection to the upstream open', async () => {
    const { setting, sockets } = await rawSetting(
      (socket) => void socket.write('HTTP/1.1 403 Forbidden\r\nContent-Length: 10\r\n\r\nhalf'),
    )
    for (let at = 0; at < 4; at++) {
      const socket = opened(setting, upgradeRequest(setting, '/live'))
      await once(socket, 'data')
      socket.destroy()
    }
    await expect.poll(() => sockets.size).toBe(0)
  })

  it('that asks for a WebSocket and leaves before the response leaves no connection to the upstream open', async () => {
    const { setting, sockets } = await rawSetting(() => {})
    const socket = opened(setting, upgradeRequest(setting, '/live'))
    await expect.poll(() => sockets.size).toBe(1)
    socket.destroy()
    await expect.poll(() => sockets.size).toBe(0)
  })

  it('that names a header as the value of another one changes nothing', async () => {
    let seen = ''
    const { setting } = await rawSetting((socket, head) => {
      seen += head
      socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n')
    })
    const head = upgradeRequest(setting, '/live').replace(
      '\r\n\r\n',
      '\r\nSec-WebSocket-Protocol: host\r\n\r\n',
    )
    await once(opened(setting, head).resume(), 'end')
    expect(seen).toMatch(/^host: 127\.0\.0\.1/im)
  })
})

describe('an upstream', () => {
  it('that sends early hints without end is a 504, and they are not kept', async () => {
    const { setting } = await rawSetting(
      (socket) => {
        const flood = () => {
          while (
            socket.writable &&
            socket.write('HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n')
          );
        }
        socket.on('drain', flood)
        flood()
      },
      { gateway: { responseTimeoutSeconds: 1 } },
    )
    const slow = opened(setting, signedHead(setting, 'GET')).pause()
    const before = process.memoryUsage().rss
    expect((await send(setting)).status).toBe(504)
    expect(process.memoryUsage().rss - before).toBeLessThan(300 * 1024 * 1024)
    slow.destroy()
  })
})

describe('a body that may be read as a form and as another', () => {
  it.each([
    'text/plain; application/x-www-form-urlencoded',
    'application/x-www-form-urlencodedX',
    '"application/x-www-form-urlencoded"',
  ])('is refused: %s', async (type) => {
    let count = 0
    const { setting } = await rawSetting((socket) => {
      count++
      ok(socket)
    })
    const url = `${setting.address}/photos`
    const authorization = thirdParty.authorization('POST', url, { token: setting.token })
    const headers = { authorization, 'content-type': type }
    expect((await fetch(url, { method: 'POST', headers, body: 'amount=9' })).status).toBe(415)
    expect(count).toBe(0)
  })
})
