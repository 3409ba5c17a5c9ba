import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { AuthorizationServer, optionsFromEnv, ResourceProtector } from 'countersign'
import { devConsent } from 'countersign/dev'
import { memoryHooks } from 'countersign/memory'
import { currentCredential, endpoint, requireOAuth } from 'countersign/node'

const demo = { clientId: 'demo', clientSecret: 'demo-secret', callbacks: ['http://localhost:8080/callback'] }
const hooks = memoryHooks({ clients: [demo] })
const server = new AuthorizationServer({ ...optionsFromEnv(), hooks })
const protector = new ResourceProtector({ ...optionsFromEnv(), hooks })

const app = new Map([
  ['/oauth/initiate', endpoint(server.initiate)],
  ['/oauth/authorize', endpoint(devConsent(server))],
  ['/oauth/token', endpoint(server.token)],
])

const me = requireOAuth(protector)((req, res) => {
  res.setHeader('content-type', 'application/json')
  res.end(JSON.stringify({ userId: currentCredential(req).userId }))
})
const notes = requireOAuth(protector)(async (req, res) => {
  const form = new URLSearchParams(await text(req))
  res.writeHead(201, { 'content-type': 'application/json' })
  res.end(JSON.stringify({ text: form.get('text'), userId: currentCredential().userId }))
})
app.set('/api/me', me).set('/api/notes', notes)

const port = process.env['PORT'] ?? 3000
createServer((req, res) => {
  const route = app.get(req.url?.split('?')[0] ?? '/')
  if (route) return void route(req, res)
  res.writeHead(404).end()
}).listen(port, () => console.log(`Listening on http://localhost:${port}`))
