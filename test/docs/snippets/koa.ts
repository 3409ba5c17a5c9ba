import assert from 'node:assert/strict'
import { bodyParser } from '@koa/bodyparser'
import { Router } from '@koa/router'
import { OAuth1Error, type TokenCredential } from 'countersign'
import { currentAuthentication, currentCredential, requireClient, requireOAuth } from 'countersign/koa'
import Koa from 'koa'
import { hooks, protector, served, signed } from '../app.ts'

const app = new Koa()
const router = new Router()

app.proxy = true

interface Token extends TokenCredential {
  readonly user: { readonly name: string }
}
const withUser = {
  ...hooks,
  queryToken: async (clientId: string, oauthToken: string): Promise<Token | undefined> => {
    const token = await hooks.queryToken(clientId, oauthToken)
    return token && { ...token, user: { name: 'Ada' } }
  },
}
protector.init({ hooks: withUser })

app.use(async (ctx, next) => {
  try {
    await next()
  } catch (error) {
    if (!(error instanceof OAuth1Error)) throw error
    const { status, headers } = protector.errorResponse(error, ctx.get('accept'))
    ctx.status = status
    ctx.set('WWW-Authenticate', headers['www-authenticate'] ?? '')
    ctx.body = { problem: error.code }
  }
})

app.use(bodyParser())

router.get('/hello', requireOAuth(protector), (ctx) => {
  const { user } = currentCredential<Token>()
  ctx.body = `Hello ${user.name}`
})

router.put('/settings', requireOAuth(protector), (ctx) => {
  const { client, request } = currentAuthentication(ctx)
  ctx.body = { client: client.clientId, signed: request.parameters, parsed: ctx.request.body }
})

router.get('/usage', requireClient(protector), (ctx) => {
  ctx.body = { client: currentAuthentication(ctx).client.clientId }
})

const guard = requireOAuth(protector)
router.get('/feed', async (ctx) => {
  const isSigned = ctx.headers.authorization !== undefined
  if (isSigned) await guard(ctx)
  ctx.body = { for: isSigned ? currentCredential(ctx).userId : 'everyone' }
})

router.use('/admin', requireOAuth(protector, { scope: 'admin', errors: 'throw' }))
router.get('/admin/users', (ctx) => {
  ctx.body = []
})

app.use(router.routes())

await served(app.listen(0), async (origin) => {
  const hello = await fetch(signed('GET', `${origin}/hello`))
  assert.equal(await hello.text(), 'Hello Ada')

  const usage = await fetch(signed('GET', `${origin}/usage`, { alone: true }))
  assert.deepEqual(await usage.json(), { client: 'demo' })

  const form = { 'theme[name]': 'dark', tag: ['a', 'b'] }
  const settings = await fetch(signed('PUT', `${origin}/settings`, { form }))
  assert.deepEqual(await settings.json(), {
    client: 'demo',
    signed: [
      ['theme[name]', 'dark'],
      ['tag', 'a'],
      ['tag', 'b'],
    ],
    parsed: { theme: { name: 'dark' }, tag: ['a', 'b'] },
  })

  const proxied = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'api.example.com' }
  const call = { headers: proxied, signedUrl: 'https://api.example.com/hello' }
  assert.equal((await fetch(signed('GET', `${origin}/hello`, call))).status, 200)

  assert.deepEqual(await (await fetch(`${origin}/feed`)).json(), { for: 'everyone' })
  assert.deepEqual(await (await fetch(signed('GET', `${origin}/feed`))).json(), { for: 'ada' })

  const refused = await fetch(signed('GET', `${origin}/admin/users`))
  assert.equal(refused.status, 403)
  assert.equal(refused.headers.get('www-authenticate'), 'OAuth realm="OAuth"')
  assert.deepEqual(await refused.json(), { problem: 'insufficient_scope' })
})
