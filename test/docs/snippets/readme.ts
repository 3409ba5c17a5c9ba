import assert from 'node:assert/strict'
import { AuthorizationServer, ResourceProtector } from 'countersign'
import { currentCredential, endpoint, requireOAuth } from 'countersign/express'
import { memoryHooks } from 'countersign/memory'
import express from 'express'

const hooks = memoryHooks({ clients: [{ clientId: 'demo', clientSecret: 'demo-secret' }] })
const server = new AuthorizationServer({ hooks })
const protector = new ResourceProtector({ hooks })

const app = express()
app.all('/oauth/initiate', endpoint(server.initiate))
app.all('/oauth/token', endpoint(server.token))
app.get('/me', requireOAuth(protector), (req, res) => void res.json(currentCredential(req).userId))

const { served } = await import('../app.ts')

await served(app.listen(0), async (origin) => {
  assert.equal((await fetch(`${origin}/oauth/initiate`)).status, 405)
  const refused = await fetch(`${origin}/oauth/token`, { method: 'POST' })
  assert.match(await refused.text(), /^error=missing_credentials&/)
  assert.equal((await fetch(`${origin}/me`)).headers.get('www-authenticate'), 'OAuth realm="OAuth"')
})
