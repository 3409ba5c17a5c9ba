import assert from 'node:assert/strict'
import { AuthorizationServer, type ClientPolicy, ResourceProtector } from 'countersign'
import { endpoint } from 'countersign/fetch'
import { memoryHooks } from 'countersign/memory'
import { signed } from '../../support/signer.mjs'

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

const renew = endpoint(server.renew)
const revoke = endpoint(server.revoke)

const url = 'https://api.example.com/oauth/renew'
function post(): Request {
  const { authorization } = signed({ method: 'POST', url, token }, at).headers
  return new Request(url, { method: 'POST', headers: { authorization: String(authorization) } })
}
at = start + 10_000
await assert.rejects(protector.authenticate(signed({ url, token }, at)), /not used for 7200 s/)
assert.equal((await renew(post())).status, 200)
await protector.authenticate(signed({ url, token }, at))
at = start + 86_400
assert.equal((await renew(post())).status, 401)
const ended = await revoke(post())
assert.deepEqual([ended.status, await ended.text()], [200, ''])
