// An API that reads a request to its end and responds with a small JSON.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serveParent } from './parent.ts'

const body = JSON.stringify({ id: 1, title: 'vacation', size: 'original', tags: ['sea', 'sun'] })
const head = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
const server = createServer((req, res) => {
  req.resume().once('end', () => res.writeHead(200, head).end(body))
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')
await serveParent(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, async () => null)
