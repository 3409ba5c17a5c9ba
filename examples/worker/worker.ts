import { env } from 'cloudflare:workers'
import { AuthorizationServer, optionsFromEnv, ResourceProtector } from 'countersign'
import { devConsent } from 'countersign/dev'
import { currentCredential, endpoint, requireOAuth } from 'countersign/fetch'
import { d1Hooks, sweep } from './d1.ts'

const hooks = d1Hooks(env.DB)
const server = new AuthorizationServer({ ...optionsFromEnv(env), hooks })
const protector = new ResourceProtector({ ...optionsFromEnv(env), hooks })

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

export default {
  fetch(request: Request): Response | Promise<Response> {
    const route = routes.get(new URL(request.url).pathname)
    return route ? route(request) : new Response('Not found', { status: 404 })
  },
  scheduled: () => sweep(env.DB),
}
