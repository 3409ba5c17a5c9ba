import { bodyParser } from '@koa/bodyparser'
import { Router } from '@koa/router'
import { AuthorizationServer, optionsFromEnv, ResourceProtector } from 'countersign'
import { devConsent } from 'countersign/dev'
import { currentCredential, endpoint, requireOAuth } from 'countersign/koa'
import { memoryHooks } from 'countersign/memory'
import Koa from 'koa'

const demo = { clientId: 'demo', clientSecret: 'demo-secret', callbacks: ['http://localhost:8080/callback'] }
const hooks = memoryHooks({ clients: [demo] })
const server = new AuthorizationServer({ ...optionsFromEnv(), hooks })
const protector = new ResourceProtector({ ...optionsFromEnv(), hooks })

const router = new Router()
router.all('/oauth/initiate', endpoint(server.initiate))
router.all('/oauth/authorize', endpoint(devConsent(server)))
router.all('/oauth/token', endpoint(server.token))

router.get('/api/me', requireOAuth(protector), (ctx) => {
  ctx.body = { userId: currentCredential(ctx).userId }
})
router.post('/api/notes', requireOAuth(protector), bodyParser(), (ctx) => {
  const { text } = ctx.request.body as { text: string }
  ctx.status = 201
  ctx.body = { text, userId: currentCredential().userId }
})

const port = process.env['PORT'] ?? 3000
new Koa().use(router.routes()).listen(port, () => console.log(`Listening on http://localhost:${port}`))
