// A reverse proxy that checks nothing and changes nothing, with the gateway's own connections to the upstream.
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pipeline } from 'node:stream/promises'
import { forwardedBody } from '../../../packages/provider/src/gateway/forwarded-body.ts'
import { Upstream } from '../../../packages/provider/src/gateway/upstream.ts'
import { gatewayChecks } from '../../../packages/provider/src/settings/gateway-settings.ts'
import { serveParent } from './parent.ts'

const upstream = new Upstream(String(process.env['GATEWAY_UPSTREAM']), gatewayChecks.parse({}))
const { signal } = new AbortController()

async function pass(req: IncomingMessage, res: ServerResponse): Promise<void> {
  const { method = '', url = '', rawHeaders } = req
  const body = method === 'GET' ? undefined : forwardedBody(req, undefined)
  const to = { method, target: url, headers: rawHeaders }
  const response = await upstream.send({ ...to, body, signal, isUnsigned: false })
  res.writeHead(response.statusCode, [...response.headers])
  await pipeline(response.body, res)
}

const server = createServer((req, res) => void pass(req, res))
server.listen(0, '127.0.0.1')
await once(server, 'listening')
await serveParent(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, async () => null)
