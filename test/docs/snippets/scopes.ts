import assert from 'node:assert/strict'
import { AuthorizationServer, ResourceProtector } from 'countersign'
import { OAuth1Client } from 'countersign/client'
import { endpoint, requireOAuth } from 'countersign/hono'
import { memoryHooks } from 'countersign/memory'
import { Hono } from 'hono'

const hooks = memoryHooks({ clients: [{ clientId: 'demo', clientSecret: 'demo-secret' }] })
const server = new AuthorizationServer({ hooks })
const protector = new ResourceProtector({ hooks })

const app = new Hono()
app.all('/oauth/initiate', endpoint(server.initiate))
app.all('/oauth/token', endpoint(server.token))
app.get('/notes', requireOAuth(protector, 'notes:read'), (c) => c.json(['Buy milk']))
app.post('/notes', requireOAuth(protector, 'notes:read notes:write'), (c) => c.body(null, 201))

const sentences: Readonly<Record<string, string>> = {
  'notes:read': 'read your notes',
  'notes:write': 'write and change notes',
}

/** One check box for each scope that the client requests. */
async function checkBoxes(oauthToken: string): Promise<string> {
  const { credential } = await server.checkAuthorizationRequest(oauthToken)
  const scopes = credential.scope?.split(' ') ?? []
  const known = scopes.filter((scope) => Object.hasOwn(sentences, scope))
  return known
    .map(
      (scope) =>
        `<label><input type="checkbox" name="scope" value="${scope}" checked> ${sentences[scope]}</label>`,
    )
    .join('\n')
}

/** @param checked - The values of the check boxes in the posted form. */
const allow = (oauthToken: string, userId: string, checked: readonly string[]) =>
  server.decideAuthorization(oauthToken, { id: userId }, { scope: checked.join(' ') })

const site = 'https://api.example.com'
const client = new OAuth1Client({
  clientId: 'demo',
  clientSecret: 'demo-secret',
  endpoints: { initiate: `${site}/oauth/initiate`, token: `${site}/oauth/token` },
  fetch: async (url, init) => app.request(url, init),
})

/** A token with what the user left checked. */
async function tokenFor(checked: readonly string[]) {
  const temporary = await client.requestTemporaryCredential('oob', {
    parameters: { scope: 'notes:read notes:write' },
  })
  assert.match(await checkBoxes(temporary.oauthToken), /read your notes.*\n.*write and change notes/)
  const decision = await allow(temporary.oauthToken, 'ada', checked)
  const verifier = decision.kind === 'code' ? decision.oauthVerifier : ''
  const token = await client.requestToken(temporary, verifier)
  const granted = token.parameters['scope'] ?? ''
  assert.equal(granted, checked.join(' '))
  return client.withToken(token)
}

const writer = await tokenFor(['notes:read', 'notes:write'])
assert.equal((await writer.fetch(`${site}/notes`, { method: 'POST' })).status, 201)
const reader = await tokenFor(['notes:read'])
assert.equal((await reader.fetch(`${site}/notes`)).status, 200)
const refused = await reader.fetch(`${site}/notes`, { method: 'POST' })
assert.equal(refused.status, 403)
assert.equal(
  await refused.text(),
  '{"error":"insufficient_scope","error_description":"This resource needs the scope notes:write, which the token was not granted."}',
)
const none = await tokenFor([])
assert.equal((await none.fetch(`${site}/notes`)).status, 403)
await assert.rejects(tokenFor(['notes:read', 'admin']), /did not ask for/)
