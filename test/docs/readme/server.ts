import { AuthorizationServer, optionsFromEnv, ResourceProtector } from 'countersign'
import { devConsent } from 'countersign/dev'
import { currentCredential, endpoint, requireOAuth } from 'countersign/express'
import { memoryHooks } from 'countersign/memory'
import express from 'express'

const hooks = memoryHooks({ clients: [{ clientId: 'demo', clientSecret: 'demo-secret' }] })
const server = new AuthorizationServer({ ...optionsFromEnv(), hooks })
const protector = new ResourceProtector({ ...optionsFromEnv(), hooks })

const app = express()
app.all('/oauth/initiate', endpoint(server.initiate))
app.all('/oauth/authorize', endpoint(devConsent(server))) // for trying it out; your own page comes here
app.all('/oauth/token', endpoint(server.token))

app.get('/api/me', requireOAuth(protector), (req, res) => {
  res.json({ userId: currentCredential(req).userId })
})
const port = process.env['PORT'] ?? 3000
app.listen(port).on('listening', () => console.log(`Listening on http://localhost:${port}`))
