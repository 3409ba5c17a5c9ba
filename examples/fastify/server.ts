import { AuthorizationServer, optionsFromEnv, ResourceProtector } from 'countersign'
import { devConsent } from 'countersign/dev'
import { countersign, currentCredential, endpoint, requireOAuth } from 'countersign/fastify'
import { memoryHooks } from 'countersign/memory'
import fastify from 'fastify'

const demo = { clientId: 'demo', clientSecret: 'demo-secret', callbacks: ['http://localhost:8080/callback'] }
const hooks = memoryHooks({ clients: [demo] })
const server = new AuthorizationServer({ ...optionsFromEnv(), hooks })
const protector = new ResourceProtector({ ...optionsFromEnv(), hooks })

const app = fastify()
await app.register(countersign)
app.all('/oauth/initiate', endpoint(server.initiate))
app.all('/oauth/authorize', endpoint(devConsent(server)))
app.all('/oauth/token', endpoint(server.token))

app.get('/api/me', { onRequest: requireOAuth(protector) }, (request) => {
  return { userId: currentCredential(request).userId }
})
app.post<{ Body: { text: string } }>(
  '/api/notes',
  { onRequest: requireOAuth(protector) },
  (request, reply) => {
    reply.code(201)
    return { text: request.body.text, userId: currentCredential().userId }
  },
)

const port = Number(process.env['PORT'] ?? 3000)
await app.listen({ port })
console.log(`Listening on http://localhost:${port}`)
