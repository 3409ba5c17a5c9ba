import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Worker } from 'node:worker_threads'
import { expect, it } from 'vitest'
import { ended } from '../src/ports.ts'

const clients = 40

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
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const connected = new SharedArrayBuffer(4)
  const { port } = server.address() as AddressInfo
  const worker = new Worker(clientProgram, { eval: true, workerData: { port, count: clients, connected } })
  try {
    await new Promise((resolve) => worker.once('online', resolve))
    const outcomes = new Promise<string[]>((resolve) => worker.once('message', resolve))
    const view = new Int32Array(connected)
    for (let seen = 0; seen < clients; seen = Atomics.load(view, 0)) Atomics.wait(view, 0, seen, 100)
    await ended(server, 200, 20_000)
    expect(await outcomes).toEqual(Array.from({ length: clients }, () => 'HTTP/1.1 200 OK'))
  } finally {
    await worker.terminate()
  }
})
