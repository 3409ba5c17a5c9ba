import { AuthorizationServer, ResourceProtector } from 'countersign'
import { currentCredential, endpoint, requireOAuth } from 'countersign/express'
import { memoryHooks } from 'countersign/memory'
import express from 'express'

export const hooks = memoryHooks({ clients: [{ clientId: 'demo', clientSecret: 'demo-secret' }] })
export const server = new AuthorizationServer({ hooks, insecureTransport: true })
const protector = new ResourceProtector({ hooks })

export const app = express()
app.all('/oauth/initiate', endpoint(server.initiate))
app.all('/oauth/token', endpoint(server.token))

app.get('/api/me', requireOAuth(protector), (req, res) => {
  res.json({ userId: currentCredential(req).userId })
})
app.post('/api/notes', requireOAuth(protector, 'notes:write'), express.urlencoded(), (req, res) => {
  res.status(201).json({ text: req.body.text })
})
