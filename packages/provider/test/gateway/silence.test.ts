import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import type { Duplex } from 'node:stream'
import { afterEach, describe, expect, it } from 'vitest'
import { ThirdParty } from '../../../../test/support/third-party.ts'
import { sendRaw } from './raw-request.ts'
import { client, openSetting, recordingUpstream, type Setting } from './setting.ts'
import { switching, upgradeRequest } from './upgrade-request.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

type Own = NonNullable<Parameters<typeof openSetting>[1]>['gateway']

async function inFrontOf(address: string, own: Own): Promise<Setting> {
  const setting = await openSetting(address, { gateway: own })
  closing.push(setting.close)
  return setting
}

function call({ address, token }: Setting): Promise<Response> {
  const authorization = new ThirdParty(client).authorization('GET', `${address}/a`, { token })
  return fetch(`${address}/a`, { headers: { authorization } })
}

/** A process that listens and then sleeps for ever: it takes no connection. */
const sleeper = `
  const server = require('node:net').createServer().listen(0, '127.0.0.1', 1, () => {
    require('node:fs').writeSync(1, server.address().port + '\\n')
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
  })`

/** Its queue is full of connections, so that the next one is not made. */
async function unreachableUpstream(): Promise<string> {
  const child = spawn(process.execPath, ['-e', sleeper], { stdio: ['ignore', 'pipe', 'inherit'] })
  closing.push(() => child.kill('SIGKILL'))
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const port = Number((await lines.next()).value)
  const sockets: Socket[] = Array.from({ length: 16 }, () => connect(port, '127.0.0.1').on('error', () => {}))
  closing.push(() => {
    for (const socket of sockets) socket.destroy()
  })
  await Promise.race(sockets.map((socket) => once(socket, 'connect')))
  return `http://127.0.0.1:${port}`
}

// Elsewhere a full queue refuses connections.
describe.skipIf(process.platform !== 'linux')('an upstream that takes no connection', () => {
  it('is a 504 after the time-out for connections, for a request and for a WebSocket', async () => {
    const own = { connectTimeoutSeconds: 0.5, responseTimeoutSeconds: 3600 }
    const setting = await inFrontOf(await unreachableUpstream(), own)
    const [response, upgrade] = await Promise.all([
      call(setting),
      sendRaw(setting.address, upgradeRequest(setting, '/feed'), 60_000),
    ])
    expect(response.status).toBe(504)
    expect(await response.json()).toMatchObject({ error: 'gateway_timeout' })
    expect(upgrade).toMatch(/^HTTP\/1\.1 504 /)
  })
})

describe('an upstream that falls silent', () => {
  it('in the middle of a body breaks off for the client, and its own connection is closed', async () => {
    let closed: Promise<unknown> | undefined
    const upstream = await recordingUpstream((req, res) => {
      closed = once(req.socket, 'close')
      res.writeHead(200, { 'content-length': 100 }).write('half')
    })
    closing.push(upstream.close)
    const setting = await inFrontOf(upstream.address, { idleTimeoutSeconds: 0.5 })
    const response = await call(setting)
    expect(response.status).toBe(200)
    await expect(response.text()).rejects.toThrow()
    await closed
  })

  it('before it agrees to a WebSocket is a 504', async () => {
    const upstream = await recordingUpstream()
    upstream.server.on('upgrade', (_req, socket: Duplex) => closing.push(() => socket.destroy()))
    closing.push(upstream.close)
    const setting = await inFrontOf(upstream.address, { responseTimeoutSeconds: 0.5 })
    const response = await sendRaw(setting.address, upgradeRequest(setting, '/feed'), 60_000)
    expect(response).toMatch(/^HTTP\/1\.1 504 /)
  })
})

it('a WebSocket that neither side uses is closed on both', async () => {
  const upstream = await recordingUpstream()
  let closed: Promise<unknown> | undefined
  upstream.server.on('upgrade', (_req, socket: Duplex) => {
    closed = once(socket, 'end')
    closing.push(() => socket.destroy())
    socket.on('error', () => {}).resume()
    socket.write(switching)
  })
  closing.push(upstream.close)
  const setting = await inFrontOf(upstream.address, { idleTimeoutSeconds: 0.5 })
  // It ends only where the gateway closes it.
  const received = await sendRaw(setting.address, upgradeRequest(setting, '/feed'), 60_000)
  expect(received).toMatch(/^HTTP\/1\.1 101 /)
  await closed
})
