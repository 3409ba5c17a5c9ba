import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { request, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { afterAll, afterEach, expect, it } from 'vitest'
import { ThirdParty } from '../../../../test/support/third-party.ts'
import { Turns } from '../../src/gateway/turns.ts'
import { temporaryDirectory } from '../running-provider.ts'
import { client, openSetting, recordingUpstream, type Setting } from './setting.ts'

const directory = temporaryDirectory()
afterAll(() => directory.remove())
const publicRoutes = join(directory.path, 'routes.json')
writeFileSync(publicRoutes, '{ "routes": [{ "path": "/open/**", "access": "public" }] }')

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

/** A gateway with few connections to an upstream that responds to a request only when told so. */
async function busySetting(own: {
  upstreamConnections: number
  responseTimeoutSeconds?: number
  routesFile?: string
}) {
  const held: ServerResponse[] = []
  const urls: string[] = []
  const upstream = await recordingUpstream((req, res) => {
    urls.push(req.url ?? '')
    held.push(res)
  })
  closing.push(upstream.close)
  const setting = await openSetting(upstream.address, { gateway: own })
  closing.push(setting.close)
  return { setting, held, urls }
}

const thirdParty = new ThirdParty(client)

function send({ address, token }: Setting, path: string, signal?: AbortSignal): Promise<Response> {
  const authorization = thirdParty.authorization('GET', address + path, { token })
  return fetch(address + path, { headers: { authorization }, ...(signal && { signal }) })
}

/** The first octets of a body whose rest never comes. */
function sendHalf({ address, token }: Setting, path: string) {
  const authorization = thirdParty.authorization('POST', address + path, { token })
  const sending = request(address + path, {
    method: 'POST',
    headers: { authorization, 'content-length': 100 },
  })
  sending.on('error', () => {})
  sending.write('half')
  return sending
}

/** Until the gateway has read a request that came after the others: it goes on with each in turn. */
const settled = async (setting: Setting) => {
  for (let at = 0; at < 3; at++) await (await fetch(`${setting.address}/unsigned`)).text()
}

it('requests beyond the connections wait and are served one after the other', async () => {
  const { setting, held, urls } = await busySetting({ upstreamConnections: 1 })
  const responses = ['/1', '/2', '/3'].map((path) => send(setting, path))
  for (let count = 1; count <= 3; count++) {
    await expect.poll(() => urls.length).toBe(count)
    await settled(setting)
    expect(urls.length).toBe(count)
    held.shift()?.end('done')
  }
  for (const response of responses) expect(await (await response).text()).toBe('done')
})

it('the request that has waited longest is next', async () => {
  const turns = new Turns({ atOnce: 1, longestMilliseconds: 60_000 })
  const { signal } = new AbortController()
  const leaving = new AbortController()
  const order: string[] = []
  await turns.begin(signal)
  const waiting = [
    turns.begin(signal).then(() => order.push('first')),
    turns.begin(leaving.signal).catch(() => order.push('left')),
    turns.begin(signal).then(() => order.push('second')),
  ]
  leaving.abort()
  turns.end()
  await waiting[0]
  turns.end()
  await Promise.all(waiting)
  expect(order).toEqual(['left', 'first', 'second'])
})

it('a request whose client leaves while it waits is never sent', async () => {
  const { setting, held, urls } = await busySetting({ upstreamConnections: 1 })
  const first = send(setting, '/1')
  await expect.poll(() => urls).toEqual(['/1'])
  const leaving = new AbortController()
  const left = send(setting, '/left', leaving.signal)
  await settled(setting)
  leaving.abort()
  await expect(left).rejects.toThrow()
  const last = send(setting, '/2')
  await settled(setting)
  held.shift()?.end('done')
  expect(await (await first).text()).toBe('done')
  await expect.poll(() => held.length).toBe(1)
  held.shift()?.end('done')
  expect(await (await last).text()).toBe('done')
  expect(urls).toEqual(['/1', '/2'])
})

it('a client that leaves in the middle of its body while it waits does no harm', async () => {
  const { setting, held, urls } = await busySetting({ upstreamConnections: 1 })
  const first = send(setting, '/1')
  await expect.poll(() => urls).toEqual(['/1'])
  const sending = sendHalf(setting, '/left')
  await settled(setting)
  sending.destroy()
  await new Promise((resolve) => sending.once('close', resolve))
  await settled(setting)
  held.shift()?.end('done')
  expect(await (await first).text()).toBe('done')
  expect(urls).toEqual(['/1'])
})

it('requests beyond four times the connections are a 503 with a time to try again', async () => {
  const { setting, held } = await busySetting({ upstreamConnections: 1 })
  let refusedCount = 0
  const all = Array.from({ length: 7 }, async (_, at) => {
    const response = await send(setting, `/${at}`)
    if (response.status === 200) return
    refusedCount++
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '2'])
    expect(await response.json()).toMatchObject({ error: 'temporarily_unavailable' })
  })
  await expect.poll(() => refusedCount).toBe(2)
  for (let at = 0; at < 5; at++) {
    await expect.poll(() => held.length).toBe(1)
    held.shift()?.end('done')
  }
  await Promise.all(all)
  expect(refusedCount).toBe(2)
})

it('requests of a public route take half of the connections, and signed ones the rest', async () => {
  const { setting, held, urls } = await busySetting({ upstreamConnections: 2, routesFile: publicRoutes })
  const open = ['/open/1', '/open/2'].map((path) => fetch(setting.address + path))
  await expect.poll(() => urls.length).toBe(1)
  const signed = send(setting, '/1')
  await expect.poll(() => urls.length).toBe(2)
  expect(urls[1]).toBe('/1')
  held[1]?.end('done')
  expect(await (await signed).text()).toBe('done')
  held[0]?.end('done')
  await expect.poll(() => urls.length).toBe(3)
  held[2]?.end('done')
  for (const response of open) expect((await response).status).toBe(200)
})

it('a request whose turn does not come in time is a 503, also in the middle of its body', async () => {
  const { setting, held, urls } = await busySetting({ upstreamConnections: 1, responseTimeoutSeconds: 0.3 })
  const stream = send(setting, '/stream')
  await expect.poll(() => held.length).toBe(1)
  held[0]?.flushHeaders()
  const { body } = await stream
  expect((await send(setting, '/1')).status).toBe(503)
  const [response] = await once(sendHalf(setting, '/2'), 'response')
  expect(response.statusCode).toBe(503)
  expect(urls).toEqual(['/stream'])
  await body?.cancel()
  const next = send(setting, '/3')
  await expect.poll(() => held.length).toBe(2)
  held[1]?.end('done')
  expect(await (await next).text()).toBe('done')
})

it.each([
  ['is down', (res: ServerResponse) => res.destroy()],
  [
    'breaks off',
    (res: ServerResponse) => res.writeHead(200, { 'content-length': 9 }).write('x', () => res.destroy()),
  ],
  ['has no content', (res: ServerResponse) => res.writeHead(204).end()],
])('an upstream that %s takes no connection away from later requests', async (_what, respond) => {
  const upstream = await recordingUpstream(
    (req, res) => void (req.url === '/a' ? respond(res) : res.end('done')),
  )
  closing.push(upstream.close)
  const setting = await openSetting(upstream.address, {
    gateway: { upstreamConnections: 1, responseTimeoutSeconds: 2 },
  })
  closing.push(setting.close)
  for (let at = 0; at < 3; at++) {
    await send(setting, '/a')
      .then((response) => response.text())
      .catch(() => {})
    expect(await (await send(setting, '/b')).text()).toBe('done')
  }
})
