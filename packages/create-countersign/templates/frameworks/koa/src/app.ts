import { once } from 'node:events'
import type { Server } from 'node:http'
import { Router } from '@koa/router'
import { currentCredential, endpoint, requireOAuth } from 'countersign/koa'
import Koa from 'koa'
import { consent } from './consent.ts'
import { protector, server } from './oauth.ts'

const router = new Router()
router.all('/oauth/initiate', endpoint(server.initiate))
router.all('/oauth/authorize', endpoint(consent))
router.all('/oauth/token', endpoint(server.token))

router.get('/api/me', requireOAuth(protector), (ctx) => {
  ctx.body = { userId: currentCredential(ctx).userId }
})
router.delete('/api/token', requireOAuth(protector), async (ctx) => {
  const { clientId, oauthToken } = currentCredential(ctx)
  await server.revokeToken(clientId, oauthToken)
  ctx.status = 204
})

const app = new Koa()
app.use(router.routes()).use(router.allowedMethods())

export async function listen(port: number, host: string): Promise<Server> {
  const listener = app.listen(port, host)
  await once(listener, 'listening')
  return listener
}
