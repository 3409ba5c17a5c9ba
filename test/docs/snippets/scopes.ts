import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { AuthorizationServer, ResourceProtector } from 'countersign'
import { endpoint, requireOAuth } from 'countersign/fetch'
import { memoryHooks } from 'countersign/memory'
import OAuth from 'oauth-1.0a'

const hooks = memoryHooks({ clients: [{ clientId: 'demo', clientSecret: 'demo-secret' }] })
const server = new AuthorizationServer({ hooks })
const protector = new ResourceProtector({ hooks })

const allow = endpoint((request) =>
  server.createAuthorizationResponse(request, { id: 'ada' }, { scope: 'notes:read notes:write' }),
)

const client = new OAuth({
  consumer: { key: 'demo', secret: 'demo-secret' },
  signature_method: 'HMAC-SHA1',
  hash_function: (text, key) => createHmac('sha1', key).update(text).digest('base64'),
})
function signed(path: string, token?: OAuth.Token, data = {}): Request {
  const call = { url: `https://api.example.com${path}`, method: 'POST' }
  const headers = client.toHeader(client.authorize({ ...call, data }, token))
  return new Request(call.url, { method: 'POST', headers: { ...headers } })
}
async function tokenFrom(response: Response): Promise<OAuth.Token> {
  const form = new URLSearchParams(await response.text())
  return { key: form.get('oauth_token') ?? '', secret: form.get('oauth_token_secret') ?? '' }
}

const initiate = endpoint(server.initiate)
const exchange = endpoint(server.token)
const temporary = await tokenFrom(
  await initiate(signed('/oauth/initiate', undefined, { oauth_callback: 'oob' })),
)
const address = `https://api.example.com/oauth/authorize?oauth_token=${temporary.key}`
const page = await (await allow(new Request(address, { method: 'POST' }))).text()
const code = /<code[^>]*>([^<]+)<\/code>/.exec(page)?.[1] ?? ''
const token = await tokenFrom(await exchange(signed('/oauth/token', temporary, { oauth_verifier: code })))

for (const [scope, status] of [
  ['notes:write', 200],
  ['notes:read notes:write', 200],
  ['notes:read admin', 403],
] as const) {
  const route = requireOAuth(protector, scope)(() => new Response())
  assert.equal((await route(signed('/notes', token))).status, status)
}
