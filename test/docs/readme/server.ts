import { AuthorizationServer, optionsFromEnv, ResourceProtector } from 'countersign'
import { currentCredential, endpoint, requireOAuth } from 'countersign/express'
import { memoryHooks } from 'countersign/memory'
import express from 'express'

const hooks = memoryHooks({ clients: [{ clientId: 'demo', clientSecret: 'demo-secret' }] })
const server = new AuthorizationServer({ ...optionsFromEnv(), hooks })
const protector = new ResourceProtector({ ...optionsFromEnv(), hooks })

const app = express()
app.all('/oauth/initiate', endpoint(server.initiate))
app.all('/oauth/token', endpoint(server.token))
// In place of your sign-in and consent page: one button, and whoever presses it is Ada.
app.get(
  '/oauth/authorize',
  endpoint(async (request) => {
    await server.checkAuthorizationRequest(request)
    const body = '<!doctype html><form method="post"><button>Allow access</button></form>'
    return { status: 200, headers: { 'content-type': 'text/html' }, body }
  }),
)
app.post(
  '/oauth/authorize',
  endpoint((request) => server.createAuthorizationResponse(request, { id: 'ada' })),
)

app.get('/api/me', requireOAuth(protector), (req, res) => {
  res.json({ userId: currentCredential(req).userId })
})
const port = process.env['PORT'] ?? 3000
app.listen(port, () => console.log(`Listening on http://localhost:${port}`))
