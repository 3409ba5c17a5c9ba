import { AuthorizationServer, optionsFromEnv, ResourceProtector } from 'countersign'
import { currentCredential, endpoint, requireOAuth } from 'countersign/express'
import { memoryHooks } from 'countersign/memory'
import express from 'express'
import { type AppClient, authorization } from './authorization.ts'
import { signIn } from './sign-in.ts'

const album: AppClient = {
  clientId: 'demo',
  clientSecret: 'demo-secret',
  callbacks: ['http://localhost:8080/callback'],
  name: 'Photo Album',
}
const hooks = memoryHooks({ clients: [album] })
const server = new AuthorizationServer({ ...optionsFromEnv(), hooks })
const protector = new ResourceProtector({ ...optionsFromEnv(), hooks })

const app = express()
app.all('/oauth/initiate', endpoint(server.initiate))
app.all('/oauth/token', endpoint(server.token))
app.use('/oauth/authorize', authorization(server))
app.use('/sign-in', signIn)

app.get('/api/me', requireOAuth(protector), (req, res) => {
  const { userId, scope } = currentCredential(req)
  res.json({ userId, scope })
})

const port = process.env['PORT'] ?? 3000
app.listen(port).on('listening', () => console.log(`Listening on http://localhost:${port}`))
