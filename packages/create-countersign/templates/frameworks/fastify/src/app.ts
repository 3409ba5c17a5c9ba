import type { Server } from 'node:http'
import { countersign, currentCredential, endpoint, requireOAuth } from 'countersign/fastify'
import fastify from 'fastify'
import { consent } from './consent.ts'
import { protector, server } from './oauth.ts'

const app = fastify()
await app.register(countersign)
app.all('/oauth/initiate', endpoint(server.initiate))
app.all('/oauth/authorize', endpoint(consent))
app.all('/oauth/token', endpoint(server.token))

app.get('/api/me', { onRequest: requireOAuth(protector) }, (request) => {
  return { userId: currentCredential(request).userId }
})
app.delete('/api/token', { onRequest: requireOAuth(protector) }, async (request, reply) => {
  const { clientId, oauthToken } = currentCredential(request)
  await server.revokeToken(clientId, oauthToken)
  return reply.code(204).send()
})

export async function listen(port: number, host: string): Promise<Server> {
  await app.listen({ port, host })
  return app.server
}
