import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { currentCredential, endpoint, requireOAuth } from 'countersign/hono'
import { Hono } from 'hono'
import { consent } from './consent.ts'
import { protector, server } from './oauth.ts'

const app = new Hono()
app.all('/oauth/initiate', endpoint(server.initiate))
app.all('/oauth/authorize', endpoint(consent))
app.all('/oauth/token', endpoint(server.token))

app.get('/api/me', requireOAuth(protector), (c) => c.json({ userId: currentCredential(c).userId }))
app.delete('/api/token', requireOAuth(protector), async (c) => {
  const { clientId, oauthToken } = currentCredential(c)
  await server.revokeToken(clientId, oauthToken)
  return c.body(null, 204)
})

export async function listen(port: number, host: string): Promise<Server> {
  const listener = createServer(getRequestListener(app.fetch)).listen(port, host)
  await once(listener, 'listening')
  return listener
}
