import { once } from 'node:events'
import { type RequestListener, request } from 'node:http'
import { createServer, type Server, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { ThirdParty } from '../../../../test/support/third-party.ts'
import { freePort } from '../certificates.ts'
import { explained } from '../explained.ts'
import { sendRaw } from './raw-request.ts'
import { client, openSetting, recordingUpstream, type Setting } from './setting.ts'

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

type Own = NonNullable<Parameters<typeof openSetting>[1]>['gateway']

async function behind(respond: RequestListener, own: Own = {}): Promise<Setting> {
  const upstream = await recordingUpstream(respond)
  closing.push(upstream.close)
  return inFrontOf(upstream.address, own)
}

async function inFrontOf(address: string, own: Own = {}): Promise<Setting> {
  const setting = await openSetting(address, { gateway: own })
  closing.push(setting.close)
  return setting
}

/** An upstream that speaks as it is told. */
async function rawUpstream(speak: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>()
  const server: Server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    speak(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing.push(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  })
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`
}

const thirdParty = new ThirdParty(client)
const signedHeader = ({ address, token }: Setting, method = 'GET', path = '/a') =>
  thirdParty.authorization(method, address + path, { token })

function call(setting: Setting, method = 'GET', path = '/a', init: RequestInit = {}): Promise<Response> {
  const headers = { authorization: signedHeader(setting, method, path) }
  return fetch(setting.address + path, { method, redirect: 'manual', ...init, headers })
}

describe('an upstream', () => {
  it('that is down is a 502, never a 401', async () => {
    const setting = await inFrontOf(`http://127.0.0.1:${await freePort()}`)
    const response = await call(setting)
    expect(response.status).toBe(502)
    const { error, error_uri } = (await response.json()) as Record<string, string>
    expect([error, explained(error_uri)]).toEqual(['bad_gateway', 'bad_gateway'])
    expect((await fetch(`${setting.address}/a`)).status).toBe(401)
    const posted = await call(setting, 'POST', '/a', { body: '{}' })
    expect(posted.status).toBe(502)
  })

  it('that does not respond in time is a 504', async () => {
    const setting = await behind(() => {}, { responseTimeoutSeconds: 0.5 })
    const response = await call(setting)
    expect(response.status).toBe(504)
    expect(await response.json()).toMatchObject({ error: 'gateway_timeout' })
  })

  it.each([
    ['closes the connection', (socket: Socket) => socket.once('data', () => socket.destroy())],
    ['speaks another protocol', (socket: Socket) => socket.end('220 mail.example ESMTP\r\n')],
    [
      'has two lengths',
      (socket: Socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'),
    ],
  ])('that %s is a 502', async (_what, speak) => {
    const setting = await inFrontOf(await rawUpstream(speak))
    expect((await call(setting)).status).toBe(502)
    expect((await call(setting, 'POST', '/a', { body: 'abc' })).status).toBe(502)
  })

  it('that breaks off in the middle of its body breaks off for the client too', async () => {
    const setting = await behind((_req, res) => {
      res.writeHead(200, { 'content-length': 100 })
      res.write('half', () => res.destroy())
    })
    await expect(call(setting).then((response) => response.text())).rejects.toThrow()
  })

  it('that closes a connection it kept open costs no GET', async () => {
    let count = 0
    const address = await rawUpstream((socket) => {
      let isFirst = true
      socket.on('data', () => {
        count++
        if (isFirst) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
        else socket.destroy()
        isFirst = false
      })
    })
    const setting = await inFrontOf(address)
    for (let at = 0; at < 3; at++) expect(await (await call(setting)).text()).toBe('ok')
    expect(count).toBeGreaterThanOrEqual(3)
  })

  it.each([
    ['without a body', {}],
    ['with a body', { body: '{}' }],
  ])('that closes a connection it kept open is sent no POST again: %s', async (_what, init) => {
    let received = ''
    const address = await rawUpstream((socket) => {
      socket.on('data', (octets) => {
        received += octets
        if (received.includes('POST ')) socket.destroy()
        else socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
      })
    })
    const setting = await inFrontOf(address)
    expect(await (await call(setting)).text()).toBe('ok')
    expect((await call(setting, 'POST', '/a', init)).status).toBe(502)
    expect(received.match(/^POST /gm)).toHaveLength(1)
  })

  it.each([301, 400, 401, 403, 404, 418, 500, 503])('has its own %i passed unchanged', async (status) => {
    const setting = await behind((_req, res) => {
      res.writeHead(status, 'Its own words', [
        'X-A',
        '1',
        'X-A',
        '2',
        'Location',
        '/elsewhere',
        'Set-Cookie',
        'a=1',
        'Set-Cookie',
        'b=2',
      ])
      res.end('its own page')
    })
    const response = await call(setting)
    expect([response.status, response.statusText, await response.text()]).toEqual([
      status,
      'Its own words',
      'its own page',
    ])
    expect(response.headers.get('x-a')).toBe('1, 2')
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    expect(response.headers.has('www-authenticate')).toBe(false)
  })

  it('has its trailers passed', async () => {
    const setting = await behind((_req, res) => {
      res.write('body')
      res.addTrailers({ 'x-checksum': 'abc' })
      res.end()
    })
    const sending = request(`${setting.address}/a`, {
      headers: { authorization: signedHeader(setting) },
    }).end()
    const [response] = await once(sending, 'response')
    response.resume()
    await once(response, 'end')
    expect(response.trailers).toEqual({ 'x-checksum': 'abc' })
  })

  it('sends events that arrive one by one', async () => {
    let send = (_event: string) => {}
    const setting = await behind((_req, res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
      send = (event) => res.write(`data: ${event}\n\n`)
    })
    const response = await call(setting)
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
    for (const event of ['one', 'two']) {
      send(event)
      expect((await reader?.read())?.value).toBe(`data: ${event}\n\n`)
    }
    await reader?.cancel()
  })

  it('is told when the client leaves', async () => {
    let left: Promise<unknown> | undefined
    const setting = await behind((_req, res) => {
      left = once(res, 'close')
      res.flushHeaders()
    })
    const response = await call(setting)
    await response.body?.cancel()
    await left
  })

  it('may respond before the body has arrived', async () => {
    const setting = await behind((_req, res) => res.writeHead(413).end('too large'))
    const sending = request(`${setting.address}/a`, {
      method: 'POST',
      headers: { authorization: signedHeader(setting, 'POST'), 'transfer-encoding': 'chunked' },
    })
    sending.on('error', () => {})
    sending.write('x')
    const [response] = await once(sending, 'response')
    expect(response.statusCode).toBe(413)
    sending.destroy()
  })

  it('keeps its connections from one request to the next', async () => {
    const ports = new Set<number | undefined>()
    const setting = await behind((req, res) => {
      ports.add(req.socket.remotePort)
      res.end()
    })
    for (let at = 0; at < 5; at++) await (await call(setting)).text()
    expect(ports.size).toBe(1)
  })

  it('serves a client of HTTP/1.0, whose response ends with the connection', async () => {
    const setting = await behind((_req, res) => {
      res.write('one ')
      res.end('two')
    })
    const head = [
      'GET /a HTTP/1.0',
      `Host: ${new URL(setting.address).host}`,
      `Authorization: ${signedHeader(setting)}`,
    ]
    const response = await sendRaw(setting.address, `${head.join('\r\n')}\r\n\r\n`, 2_000)
    expect(response).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
    expect(response).not.toMatch(/transfer-encoding/i)
    expect(response).toMatch(/\r\n\r\none two$/)
  })

  it('sees HEAD and statuses without a body as they are', async () => {
    const setting = await behind((req, res) => {
      if (req.method === 'HEAD') res.writeHead(200, { 'content-length': 5 }).end()
      else res.writeHead(204).end()
    })
    const head = await call(setting, 'HEAD')
    expect([head.status, head.headers.get('content-length')]).toEqual([200, '5'])
    expect((await call(setting, 'DELETE')).status).toBe(204)
  })
})

describe('a gateway that stops', () => {
  it('lets the request under way finish, and takes no other', async () => {
    let finish = () => {}
    const upstream = await recordingUpstream((_req, res) => {
      res.write('one ')
      finish = () => res.end('two')
    })
    closing.push(upstream.close)
    const setting = await openSetting(upstream.address, { shutdownSeconds: 10 })
    const response = await call(setting)
    const stopping = setting.close()
    await expect
      .poll(() =>
        fetch(setting.address).then(
          () => 'open',
          () => 'closed',
        ),
      )
      .toBe('closed')
    finish()
    expect(await response.text()).toBe('one two')
    await stopping
  })
})
