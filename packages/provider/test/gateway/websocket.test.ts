import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import type { Duplex } from 'node:stream'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ThirdParty } from '../../../../test/support/third-party.ts'
import { sendRaw } from './raw-request.ts'
import { client, openSetting, type Setting } from './setting.ts'

const upgrades: { url: string; user: unknown }[] = []
const sockets = new Set<Duplex>()
/** Agrees to the upgrade at /late; set once it arrived. */
let agree: (() => void) | undefined
/** Echoes what comes after the upgrade, refuses it at /closed, and takes its time at /late. */
const api = createServer((_req, res) => res.writeHead(426, { 'x-own': '1' }).end('no socket here'))
api.on('upgrade', (req, socket: Duplex) => {
  upgrades.push({ url: req.url ?? '', user: req.headers['x-oauth-user'] })
  sockets.add(socket)
  socket.on('error', () => {})
  if (req.url === '/closed')
    return void socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 6\r\n\r\nclosed')
  const echo = () => {
    socket.write(
      'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: x\r\n\r\n',
    )
    socket.pipe(socket)
  }
  if (req.url === '/late') agree = echo
  else echo()
})

let setting: Setting
beforeAll(async () => {
  api.listen(0, '127.0.0.1')
  await once(api, 'listening')
  setting = await openSetting(`http://127.0.0.1:${(api.address() as AddressInfo).port}`)
})
afterAll(async () => {
  await setting.close()
  for (const socket of sockets) socket.destroy()
  api.closeAllConnections()
  await new Promise((resolve) => api.close(resolve))
})

const thirdParty = new ThirdParty(client)

function head(path: string, more: readonly string[] = [], isSigned = true, at = setting): string {
  const url = at.address + path
  const authorization = thirdParty.authorization('GET', url, { token: at.token })
  const lines = [
    ...[`GET ${path} HTTP/1.1`, `Host: ${new URL(url).host}`, 'Connection: Upgrade', 'Upgrade: websocket'],
    ...['Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='],
    ...(isSigned ? [`Authorization: ${authorization}`] : []),
    ...more,
  ]
  return `${lines.join('\r\n')}\r\n\r\n`
}

describe('a WebSocket', () => {
  it('is opened after the check, and carries octets both ways', async () => {
    const { hostname, port } = new URL(setting.address)
    const socket = connect(Number(port), hostname)
    socket.write(`${head('/feed')}early `)
    let received = ''
    socket.setEncoding('latin1').on('data', (text) => {
      received += text
    })
    await expect.poll(() => received).toMatch(/early $/)
    socket.write('\x00\xff late', 'latin1')
    await expect.poll(() => received).toContain('\x00\xff late')
    expect(received).toMatch(
      /^HTTP\/1\.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: x\r\nx-request-id: \S+\r\n\r\n/,
    )
    expect(upgrades.at(-1)).toEqual({ url: '/feed', user: String(setting.userId) })
    const left = once([...sockets].at(-1) as Duplex, 'close')
    socket.destroy()
    await left
  })

  it('that is not signed never reaches the upstream', async () => {
    const before = upgrades.length
    expect(await sendRaw(setting.address, head('/feed', [], false))).toMatch(/^HTTP\/1\.1 401 /)
    expect(await sendRaw(setting.address, head('/other').replace('GET /other', 'GET /feed'))).toMatch(
      /^HTTP\/1\.1 401 /,
    )
    expect(upgrades.length).toBe(before)
  })

  it('that the upstream refuses has its response', async () => {
    const response = await sendRaw(setting.address, head('/closed'))
    expect(response).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n/)
    expect(response).toMatch(/\r\n\r\nclosed$/)
  })

  it('that carries a body is not a way to smuggle a request', async () => {
    const before = upgrades.length
    const octets = `${head('/feed', ['Content-Length: 3'])}abcGET /admin HTTP/1.1\r\nHost: x\r\n\r\n`
    const response = await sendRaw(setting.address, octets)
    expect(response).not.toMatch(/^HTTP\/1\.1 101 /)
    expect(upgrades.length).toBe(before)
  })
})

describe('a gateway that stops', () => {
  const open = async (shutdownSeconds: number) => {
    const own = await openSetting(`http://127.0.0.1:${(api.address() as AddressInfo).port}`, {
      shutdownSeconds,
    })
    const { hostname, port } = new URL(own.address)
    const socket = connect(Number(port), hostname)
    await once(socket, 'connect')
    return { own, socket, ask: (path: string) => socket.write(head(path, [], true, own)) }
  }
  const lateUpgrade = () => expect.poll(() => agree).toBeDefined()
  beforeEach(() => {
    agree = undefined
  })

  it('closes WebSockets', async () => {
    const { own, socket, ask } = await open(60)
    ask('/feed')
    await once(socket, 'data')
    const closed = once(socket, 'close')
    await own.close()
    await closed
  })

  it('opens none that is asked for on a connection it still has', async () => {
    const { own, socket, ask } = await open(60)
    const before = upgrades.length
    const stopped = own.close()
    ask('/feed')
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 503 .*"temporarily_unavailable"/s)
    await stopped
    expect(upgrades.length).toBe(before)
  })

  it('opens none that the upstream agrees to afterwards', async () => {
    const { own, socket, ask } = await open(60)
    ask('/late')
    await lateUpgrade()
    const stopped = own.close()
    const left = once([...sockets].at(-1) as Duplex, 'close')
    agree?.()
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 503 .*"temporarily_unavailable"/s)
    await Promise.all([stopped, left])
  })

  it('does not wait longer for an upstream that never answers', async () => {
    const { own, socket, ask } = await open(0)
    ask('/late')
    await lateUpgrade()
    const upstream = [...sockets].at(-1) as Duplex
    const left = Promise.all([once(socket.resume(), 'close'), once(upstream.resume(), 'end')])
    await own.close()
    await left
  })
})
