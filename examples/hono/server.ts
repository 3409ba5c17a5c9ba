import { serve } from '@hono/node-server'
import { AuthorizationServer, optionsFromEnv, ResourceProtector } from 'countersign'
import { devConsent } from 'countersign/dev'
import { currentCredential, endpoint, requireOAuth } from 'countersign/hono'
import { memoryHooks } from 'countersign/memory'
import { Hono } from 'hono'

const demo = { clientId: 'demo', clientSecret: 'demo-secret', callbacks: ['http://localhost:8080/callback'] }
const hooks = memoryHooks({ clients: [demo] })
const server = new AuthorizationServer({ ...optionsFromEnv(), hooks })
const protector = new ResourceProtector({ ...optionsFromEnv(), hooks })

const app = new Hono()
app.all('/oauth/initiate', endpoint(server.initiate))
app.all('/oauth/authorize', endpoint(devConsent(server)))
app.all('/oauth/token', endpoint(server.token))

app.get('/api/me', requireOAuth(protector), (c) => c.json({ userId: currentCredential(c).userId }))
app.post('/api/notes', requireOAuth(protector), async (c) => {
  const { text } = await c.req.parseBody()
  return c.json({ text, userId: currentCredential().userId }, 201)
})

const port = Number(process.env['PORT'] ?? 3000)
serve({ fetch: app.fetch, port }, () => console.log(`Listening on http://localhost:${port}`))
