import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { currentCredential, endpoint, requireOAuth } from 'countersign/node'
import { consent } from './consent.ts'
import { protector, server } from './oauth.ts'

const me = requireOAuth(protector)((req, res) => {
  res.setHeader('content-type', 'application/json')
  res.end(JSON.stringify({ userId: currentCredential(req).userId }))
})
const revoke = requireOAuth(protector)(async (req, res) => {
  const { clientId, oauthToken } = currentCredential(req)
  await server.revokeToken(clientId, oauthToken)
  res.writeHead(204).end()
})

const endpoints = new Map([
  ['/oauth/initiate', endpoint(server.initiate)],
  ['/oauth/authorize', endpoint(consent)],
  ['/oauth/token', endpoint(server.token)],
])
const routes = new Map([
  ['GET /api/me', me],
  ['DELETE /api/token', revoke],
])

export async function listen(port: number, host: string): Promise<Server> {
  const listener = createServer((req, res) => {
    const path = req.url?.split('?')[0] ?? '/'
    const route = endpoints.get(path) ?? routes.get(`${req.method} ${path}`)
    if (route) return void route(req, res)
    res.writeHead(404).end()
  })
  listener.listen(port, host)
  await once(listener, 'listening')
  return listener
}
