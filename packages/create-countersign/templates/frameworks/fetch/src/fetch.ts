import { currentCredential, endpoint, requireOAuth } from 'countersign/fetch'
import { consent } from './consent.ts'
import { protector, server } from './oauth.ts'

const me = requireOAuth(protector)((request) => Response.json({ userId: currentCredential(request).userId }))
const revoke = requireOAuth(protector)(async (request) => {
  const { clientId, oauthToken } = currentCredential(request)
  await server.revokeToken(clientId, oauthToken)
  return new Response(null, { status: 204 })
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

export async function app(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url)
  const route = endpoints.get(pathname) ?? routes.get(`${request.method} ${pathname}`)
  return route ? route(request) : new Response('Not found', { status: 404 })
}
