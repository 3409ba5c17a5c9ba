import assert from 'node:assert/strict'
import { AuthorizationServer, type ClientPolicy, ResourceProtector } from 'countersign'
import { endpoint } from 'countersign/hono'
import { memoryHooks } from 'countersign/memory'
import { Hono } from 'hono'
import { signed } from '../../support/signer.ts'

const shortLived: ClientPolicy = {
  tokenLifetimeSeconds: 86_400,
  tokenIdleSeconds: 7_200,
  repeatedApproval: 'replace',
}
const start = 1_800_000_000
const token = { oauthToken: 'token', oauthTokenSecret: 'token-secret' }
const hooks = memoryHooks({
  clients: [{ clientId: 'client', clientSecret: 'secret', policy: shortLived }],
  tokens: [{ ...token, clientId: 'client', lastUsedAt: start, expiresAt: start + 86_400 }],
})
let at = start
const now = () => at
const server = new AuthorizationServer({ hooks, now })
const protector = new ResourceProtector({ hooks, now })

const app = new Hono()
app.all('/oauth/renew', endpoint(server.renew))
app.all('/oauth/revoke', endpoint(server.revoke))

const url = 'https://api.example.com/oauth/renew'
async function post(path: string): Promise<Response> {
  const address = `https://api.example.com${path}`
  const { authorization } = signed({ method: 'POST', url: address, token }, at).headers
  return app.request(address, { method: 'POST', headers: { authorization: String(authorization) } })
}
at = start + 10_000
await assert.rejects(protector.authenticate(signed({ url, token }, at)), /not used for 7200 s/)
assert.equal((await post('/oauth/renew')).status, 200)
await protector.authenticate(signed({ url, token }, at))
at = start + 86_400
assert.equal((await post('/oauth/renew')).status, 401)
const ended = await post('/oauth/revoke')
assert.deepEqual([ended.status, await ended.text()], [200, ''])
