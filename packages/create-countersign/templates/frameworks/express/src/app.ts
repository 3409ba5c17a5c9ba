import { once } from 'node:events'
import type { Server } from 'node:http'
import { currentCredential, endpoint, requireOAuth } from 'countersign/express'
import express from 'express'
import { consent } from './consent.ts'
import { protector, server } from './oauth.ts'

const app = express()
app.all('/oauth/initiate', endpoint(server.initiate))
app.all('/oauth/authorize', endpoint(consent))
app.all('/oauth/token', endpoint(server.token))

app.get('/api/me', requireOAuth(protector), (req, res) => {
  res.json({ userId: currentCredential(req).userId })
})
app.delete('/api/token', requireOAuth(protector), async (req, res) => {
  const { clientId, oauthToken } = currentCredential(req)
  await server.revokeToken(clientId, oauthToken)
  res.status(204).end()
})

export async function listen(port: number, host: string): Promise<Server> {
  const listener = app.listen(port, host)
  await once(listener, 'listening')
  return listener
}
