import { serve } from '@hono/node-server'
import { AuthorizationServer, optionsFromEnv, ResourceProtector } from 'countersign'
import { devConsent } from 'countersign/dev'
import { currentCredential, endpoint, requireOAuth } from 'countersign/fetch'
import { memoryHooks } from 'countersign/memory'

const demo = { clientId: 'demo', clientSecret: 'demo-secret', callbacks: ['http://localhost:8080/callback'] }
const hooks = memoryHooks({ clients: [demo] })
const server = new AuthorizationServer({ ...optionsFromEnv(), hooks })
const protector = new ResourceProtector({ ...optionsFromEnv(), hooks })

const routes = new Map([
  ['/oauth/initiate', endpoint(server.initiate)],
  ['/oauth/authorize', endpoint(devConsent(server))],
  ['/oauth/token', endpoint(server.token)],
])

const me = requireOAuth(protector)((request) => Response.json({ userId: currentCredential(request).userId }))
const notes = requireOAuth(protector)(async (request) => {
  const form = await request.formData()
  return Response.json({ text: form.get('text'), userId: currentCredential().userId }, { status: 201 })
})
routes.set('/api/me', me).set('/api/notes', notes)

function app(request: Request): Response | Promise<Response> {
  const route = routes.get(new URL(request.url).pathname)
  return route ? route(request) : new Response('Not found', { status: 404 })
}

const port = Number(process.env['PORT'] ?? 3000)
serve({ fetch: app, port }, () => console.log(`Listening on http://localhost:${port}`))
