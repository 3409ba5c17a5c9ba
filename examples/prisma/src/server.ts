import { AuthorizationServer, optionsFromEnv, ResourceProtector } from 'countersign'
import { devConsent } from 'countersign/dev'
import { currentCredential, endpoint, requireOAuth } from 'countersign/express'
import express from 'express'
import { hooks, type TokenCredential } from './store.ts'

const server = new AuthorizationServer({ ...optionsFromEnv(), hooks })
const protector = new ResourceProtector({ ...optionsFromEnv(), hooks })

const app = express()
app.all('/oauth/initiate', endpoint(server.initiate))
app.all('/oauth/authorize', endpoint(devConsent(server)))
app.all('/oauth/token', endpoint(server.token))

app.get('/api/me', requireOAuth(protector), (_req, res) => {
  const { user } = currentCredential<TokenCredential>()
  res.json({ userId: user?.id })
})
app.post('/api/notes', requireOAuth(protector), (req, res) => {
  res.status(201).json({ text: req.body?.text, userId: currentCredential().userId })
})
app.delete('/api/token', requireOAuth(protector), async (req, res) => {
  const { clientId, oauthToken } = currentCredential(req)
  await server.revokeToken(clientId, oauthToken)
  res.status(204).end()
})

const port = process.env['PORT'] ?? 3000
app.listen(port).on('listening', () => console.log(`Listening on http://localhost:${port}`))
