import assert from 'node:assert/strict'
import { AuthorizationServer, ResourceProtector } from 'countersign'
import { endpoint, requireOAuth } from 'countersign/fetch'
import { memoryHooks } from 'countersign/memory'
import { type Keys, keysFrom, ThirdParty } from '../../support/third-party.ts'

const hooks = memoryHooks({ clients: [{ clientId: 'demo', clientSecret: 'demo-secret' }] })
const server = new AuthorizationServer({ hooks })
const protector = new ResourceProtector({ hooks })

const allow = endpoint((request) =>
  server.createAuthorizationResponse(request, { id: 'ada' }, { scope: 'notes:read notes:write' }),
)

const client = new ThirdParty({ key: 'demo', secret: 'demo-secret' })
function signed(path: string, token?: Keys, data = {}): Request {
  const url = `https://api.example.com${path}`
  const authorization = client.authorization('POST', url, { data, token })
  return new Request(url, { method: 'POST', headers: { authorization } })
}

const url = 'https://api.example.com/oauth/initiate'
const scope = 'notes:read notes:write'
const authorization = client.authorization('POST', url, { data: { oauth_callback: 'oob', scope } })
const asking = new Request(url, {
  method: 'POST',
  headers: { authorization },
  body: new URLSearchParams({ scope }),
})
const initiate = endpoint(server.initiate)
const exchange = endpoint(server.token)
const temporary = await keysFrom(await initiate(asking))
const address = `https://api.example.com/oauth/authorize?oauth_token=${temporary.key}`
const page = await (await allow(new Request(address, { method: 'POST' }))).text()
const code = /<code[^>]*>([^<]+)<\/code>/.exec(page)?.[1] ?? ''
const token = await keysFrom(await exchange(signed('/oauth/token', temporary, { oauth_verifier: code })))

for (const [scope, status] of [
  ['notes:write', 200],
  ['notes:read notes:write', 200],
  ['notes:read admin', 403],
] as const) {
  const route = requireOAuth(protector, scope)(() => new Response())
  assert.equal((await route(signed('/notes', token))).status, status)
}
