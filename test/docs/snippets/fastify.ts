import assert from 'node:assert/strict'
import { OAuth1Error, type TokenCredential } from 'countersign'
import {
  countersign,
  currentAuthentication,
  currentCredential,
  requireClient,
  requireOAuth,
} from 'countersign/fastify'
import fastify from 'fastify'
import { hooks, protector, served, signed } from '../app.ts'

const app = fastify({ trustProxy: 'loopback' })
await app.register(countersign)

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

app.get('/hello', { onRequest: requireOAuth(protector) }, () => {
  const { user } = currentCredential<Token>()
  return `Hello ${user.name}`
})

app.put('/settings', { onRequest: requireOAuth(protector) }, (req) => {
  const { client, request } = currentAuthentication(req)
  return { client: client.clientId, signed: request.parameters, parsed: req.body }
})

app.get('/usage', { onRequest: requireClient(protector) }, (req) => {
  return { client: currentAuthentication(req).client.clientId }
})

const guard = requireOAuth(protector)
app.get('/feed', async (request, reply) => {
  const isSigned = request.headers.authorization !== undefined
  if (isSigned) await guard(request, reply)
  return { for: isSigned ? currentCredential(request).userId : 'everyone' }
})

app.setErrorHandler((error, req, reply) => {
  if (!(error instanceof OAuth1Error)) return reply.send(error)
  const { status, headers } = protector.errorResponse(error, req.headers.accept)
  return reply
    .code(status)
    .header('www-authenticate', headers['www-authenticate'])
    .send({ problem: error.code })
})

await app.register(async (admin) => {
  admin.addHook('onRequest', requireOAuth(protector, { scope: 'admin', errors: 'throw' }))
  admin.get('/admin', () => 'for administrators')
})

await app.listen()
await served(app.server, async (origin) => {
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
    parsed: { 'theme[name]': 'dark', tag: ['a', 'b'] },
  })

  const proxied = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'api.example.com' }
  const call = { headers: proxied, signedUrl: 'https://api.example.com/hello' }
  assert.equal((await fetch(signed('GET', `${origin}/hello`, call))).status, 200)

  assert.deepEqual(await (await fetch(`${origin}/feed`)).json(), { for: 'everyone' })
  assert.deepEqual(await (await fetch(signed('GET', `${origin}/feed`))).json(), { for: 'ada' })

  const refused = await fetch(signed('GET', `${origin}/admin`))
  assert.equal(refused.status, 403)
  assert.equal(refused.headers.get('www-authenticate'), 'OAuth realm="OAuth"')
  assert.deepEqual(await refused.json(), { problem: 'insufficient_scope' })
})
