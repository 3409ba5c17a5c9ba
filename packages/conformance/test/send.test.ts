import { createServer as createHttp } from 'node:http'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import type { WireRequest } from '../src/http/message.ts'
import { NoResponse, send } from '../src/http/send.ts'

/** What arrives at a server that speaks no HTTP of its own. */
async function octetsOf(request: (base: string) => WireRequest, timeoutSeconds = 5): Promise<string> {
  let received = ''
  const server = createServer((socket: Socket) => {
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1')
      if (received.includes('\r\n\r\n')) socket.end('HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  try {
    await send(request(`http://127.0.0.1:${port}`), timeoutSeconds)
    return received
  } finally {
    server.close()
  }
}

describe('send', () => {
  it('changes neither path nor query', async () => {
    const target = '/a/../b//%7e;x?q=[1]&{"r"}|%zz&\xe9'
    const received = await octetsOf((base) => ({ method: 'GET', url: base + target, headers: [] }))
    expect(received.split('\r\n')[0]).toBe(`GET ${target} HTTP/1.1`)
  })

  it('sends headers as they are written, one of them twice', async () => {
    const headers = [
      ['Authorization', 'OAuth a="1"'],
      ['AUTHORIZATION', 'OAuth b="\xff"'],
      ['Host', 'OTHER.example'],
    ] as const
    const received = await octetsOf((base) => ({ method: 'GET', url: `${base}/`, headers }))
    expect(received.split('\r\n').slice(1, 5)).toEqual([
      'Authorization: OAuth a="1"',
      'AUTHORIZATION: OAuth b="\xff"',
      'Host: OTHER.example',
      'Connection: close',
    ])
  })

  it('sends the octets of a body, with their number', async () => {
    const body = Uint8Array.from([0, 255, 13, 10])
    const received = await octetsOf((base) => ({ method: 'POST', url: `${base}/`, headers: [], body }))
    expect(received).toMatch(/Content-Length: 4\r\n/)
  })

  it('says so when the provider does not respond in time', async () => {
    const server = createHttp(() => {})
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    await expect(send({ method: 'GET', url, headers: [] }, 0.2)).rejects.toEqual(
      new NoResponse('no response within 0.2 s'),
    )
    server.closeAllConnections()
    server.close()
  })

  it('says so when the provider hangs up', async () => {
    const server = createServer((socket) => socket.destroy())
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    await expect(send({ method: 'GET', url, headers: [] }, 5)).rejects.toBeInstanceOf(NoResponse)
    server.close()
  })
})
