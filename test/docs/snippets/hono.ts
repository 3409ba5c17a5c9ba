import assert from 'node:assert/strict'
import { OAuth1Error, type TokenCredential } from 'countersign'
import { currentAuthentication, currentCredential, requireClient, requireOAuth } from 'countersign/hono'
import { Hono } from 'hono'
import { cors } from 'hono/cors'
import { hooks, protector, signed } from '../app.ts'

const app = new Hono()

app.use(
  cors({
    origin: 'https://app.example.com',
    allowHeaders: ['Authorization', 'Content-Type'],
    exposeHeaders: ['WWW-Authenticate'],
  }),
)

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

app.get('/hello', requireOAuth(protector), (c) => {
  const { user } = currentCredential<Token>()
  return c.text(`Hello ${user.name}`)
})

app.put('/settings', requireOAuth(protector), async (c) => {
  const { client, request } = currentAuthentication(c)
  return c.json({
    client: client.clientId,
    signed: request.parameters,
    parsed: await c.req.parseBody({ all: true }),
  })
})

app.get('/usage', requireClient(protector), (c) => {
  return c.json({ client: currentAuthentication(c).client.clientId })
})

const guard = requireOAuth(protector)
app.get('/feed', async (c) => {
  const isSigned = c.req.header('authorization') !== undefined
  if (isSigned) await guard(c)
  return c.json({ for: isSigned ? currentCredential(c).userId : 'everyone' })
})

app.use('/admin/*', requireOAuth(protector, { scope: 'admin', errors: 'throw' }))

app.onError((error, c) => {
  if (!(error instanceof OAuth1Error)) throw error
  const { status, headers } = protector.errorResponse(error, c.req.header('accept'))
  c.header('WWW-Authenticate', headers['www-authenticate'])
  return new Response(error.code, { status, headers: c.res.headers })
})

const origin = 'http://localhost'
const hello = await app.request(signed('GET', `${origin}/hello`))
assert.equal(await hello.text(), 'Hello Ada')

const usage = await app.request(signed('GET', `${origin}/usage`, { alone: true }))
assert.deepEqual(await usage.json(), { client: 'demo' })

const form = { 'theme[name]': 'dark', tag: ['a', 'b'] }
const settings = await app.request(signed('PUT', `${origin}/settings`, { form }))
assert.deepEqual(await settings.json(), {
  client: 'demo',
  signed: [
    ['theme[name]', 'dark'],
    ['tag', 'a'],
    ['tag', 'b'],
  ],
  parsed: { 'theme[name]': 'dark', tag: ['a', 'b'] },
})

assert.deepEqual(await (await app.request(`${origin}/feed`)).json(), { for: 'everyone' })
assert.deepEqual(await (await app.request(signed('GET', `${origin}/feed`))).json(), { for: 'ada' })

const preflight = { method: 'OPTIONS', headers: { origin: 'https://app.example.com' } }
assert.equal((await app.request(`${origin}/admin/users`, preflight)).status, 204)

protector.init({ origin: 'https://api.example.com' })
const call = { signedUrl: 'https://api.example.com/hello' }
assert.equal((await app.request(signed('GET', `${origin}/hello`, call))).status, 200)

const adminCall = { signedUrl: 'https://api.example.com/admin/users' }
const refused = await app.request(signed('GET', `${origin}/admin/users`, adminCall))
assert.equal(refused.status, 403)
assert.equal(refused.headers.get('www-authenticate'), 'OAuth realm="OAuth"')
assert.equal(await refused.text(), 'insufficient_scope')

// A mounted application does not see its prefix where the runtime hands over nothing but the request.
const outer = new Hono().mount('/v1', app.fetch)
protector.init({ origin: `${origin}/v1` })
assert.equal((await outer.request(signed('GET', `${origin}/v1/hello`))).status, 200)
protector.init({ origin })
const routed = new Hono().route('/v1', app)
assert.equal((await routed.request(signed('GET', `${origin}/v1/hello`))).status, 200)
