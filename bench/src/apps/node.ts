import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { requireOAuth } from 'countersign/node'
import { content, hmac, type StartApp } from './app.ts'

export const start: StartApp = (protector) =>
  new Promise((resolve) => {
    const reply: RequestListener = (req, res) => {
      const body = JSON.stringify(req.url?.startsWith('/hmac') ? hmac() : content)
      res
        .writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
        .end(body)
    }
    const guarded = requireOAuth(protector)(reply)
    const server = createServer((req, res) =>
      req.url?.startsWith('/protected') ? guarded(req, res) : reply(req, res),
    )
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })
