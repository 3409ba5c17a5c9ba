import { requireOAuth } from 'countersign/fastify'
import Fastify from 'fastify'
import { content, hmac, type StartApp } from './app.ts'

export const start: StartApp = async (protector) => {
  const app = Fastify()
  app.get('/bare', async () => content)
  app.get('/hmac', async () => hmac())
  app.get('/protected', { preHandler: requireOAuth(protector) }, async () => content)
  return Number(new URL(await app.listen({ port: 0, host: '127.0.0.1' })).port)
}
