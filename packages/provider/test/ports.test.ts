import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { Worker } from 'node:worker_threads'
import { ConfigurationError } from 'countersign'
import { expect, it } from 'vitest'
import { ended, startedOn } from '../src/ports.ts'

const clients = 40
const place = { port: 0, host: '127.0.0.1', names: { port: 'PORT', host: 'HOST' } }

/** Opens its connections while the main thread stands still, so that all of them wait in the socket's queue. */
const clientProgram = `
const { connect } = require('node:net')
const { parentPort, workerData: { port, count, connected } } = require('node:worker_threads')
const view = new Int32Array(connected)
const outcomes = []
for (let i = 0; i < count; i++) {
  let text = ''
  const socket = connect(port, '127.0.0.1', () => {
    socket.write('POST / HTTP/1.1\\r\\nHost: localhost\\r\\nContent-Length: 0\\r\\n\\r\\n')
    if (Atomics.add(view, 0, 1) === count - 1) Atomics.notify(view, 0)
  })
  socket.on('data', (data) => (text += data))
  socket.on('error', ({ code }) => (text = code))
  socket.on('close', () => {
    outcomes.push(text.split('\\r\\n')[0])
    if (outcomes.length === count) parentPort.postMessage(outcomes)
  })
}`

it('serves whoever waits in the queue of the socket before it closes', async () => {
  const server = createServer((_request, response) => response.setHeader('connection', 'close').end())
  const started = await startedOn(place, (done) => server.listen(0, '127.0.0.1', done))
  const connected = new SharedArrayBuffer(4)
  const { port } = server.address() as AddressInfo
  const worker = new Worker(clientProgram, { eval: true, workerData: { port, count: clients, connected } })
  try {
    await new Promise((resolve) => worker.once('online', resolve))
    const outcomes = new Promise<string[]>((resolve) => worker.once('message', resolve))
    const view = new Int32Array(connected)
    for (let seen = 0; seen < clients; seen = Atomics.load(view, 0)) Atomics.wait(view, 0, seen, 100)
    await ended(started, 200, 20_000)
    expect(await outcomes).toEqual(Array.from({ length: clients }, () => 'HTTP/1.1 200 OK'))
  } finally {
    await worker.terminate()
  }
})

it.each(['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EAI_AGAIN', 'EINVAL', 'ENOTFOUND'])(
  'says of an address that fails with %s that it is not one of this machine',
  async (code) => {
    const server = createServer()
    const started = startedOn({ ...place, host: 'fe80::1' }, () => {
      process.nextTick(() => server.emit('error', Object.assign(new Error(`listen ${code}`), { code })))
      return server
    })
    await expect(started).rejects.toThrow(
      new ConfigurationError('HOST fe80::1 is not an address of this machine.'),
    )
  },
)

it('leaves the errors of a server that listens to others', async () => {
  const started = await startedOn(place, (done) => createServer().listen(0, '127.0.0.1', done))
  expect(() => started.server.emit('error', new Error('later'))).toThrow('later')
  await ended(started, 0, 0)
})

it('ends a connection that was upgraded, and keeps none that has left', async () => {
  const server = createServer().on('upgrade', (_request, socket) => {
    socket.write('switched')
    socket.pipe(socket)
  })
  const started = await startedOn(place, (done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  const open = async () => {
    const socket = connect(port, '127.0.0.1')
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n')
    await once(socket, 'data')
    return socket
  }
  const first = await open()
  const [accepted] = started.connections
  const left = once(accepted as Socket, 'close')
  first.destroy()
  await left
  expect(started.connections.size).toBe(0)
  const closed = once(await open(), 'close')
  await ended(started, 0, 0)
  await closed
})
