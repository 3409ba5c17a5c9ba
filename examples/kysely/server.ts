import { AuthorizationServer, optionsFromEnv, ResourceProtector } from 'countersign'
import { devConsent } from 'countersign/dev'
import { currentCredential, endpoint, requireOAuth } from 'countersign/express'
import { kyselyHooks, sweepExpired } from 'countersign/kysely'
import express from 'express'
import { db, prepareDatabase } from './database.ts'

await prepareDatabase()
const hooks = kyselyHooks(db)
const server = new AuthorizationServer({ ...optionsFromEnv(), hooks })
const protector = new ResourceProtector({ ...optionsFromEnv(), hooks })

const app = express()
app.all('/oauth/initiate', endpoint(server.initiate))
app.all('/oauth/authorize', endpoint(devConsent(server)))
app.all('/oauth/token', endpoint(server.token))

app.get('/api/me', requireOAuth(protector), (req, res) => {
  res.json({ userId: currentCredential(req).userId })
})
app.post('/api/notes', requireOAuth(protector), (req, res) => {
  res.status(201).json({ text: req.body?.text, userId: currentCredential().userId })
})
app.delete('/api/token', requireOAuth(protector), async (req, res) => {
  const { clientId, oauthToken } = currentCredential(req)
  await server.revokeToken(clientId, oauthToken)
  res.status(204).end()
})

setInterval(() => sweepExpired(db, { tokens: true }).catch(console.error), 60_000).unref()

const port = process.env['PORT'] ?? 3000
app.listen(port).on('listening', () => console.log(`Listening on http://localhost:${port}`))
