import assert from 'node:assert/strict'
import { AuthorizationServer, ResourceProtector } from 'countersign'
import { endpoint, requireOAuth } from 'countersign/hono'
import { TestClient } from 'countersign/testing'
import { Hono } from 'hono'
import { hooks } from '../app.ts'

const server = new AuthorizationServer({ hooks })
const protector = new ResourceProtector({ hooks })

const app = new Hono()
app.all('/oauth/revoke', endpoint(server.revoke))
app.get('/notes', requireOAuth(protector), (c) => c.json([]))

/** One token. */
const revokeOne = (clientId: string, oauthToken: string) => server.revokeToken(clientId, oauthToken)

/** All that a user granted; with a client, all that the user granted to it. */
async function revokeAll(filter: { userId?: string; clientId?: string }): Promise<number> {
  const tokens = await server.listTokens(filter)
  const revoked = await Promise.all(
    tokens.map(({ clientId, oauthToken }) => server.revokeToken(clientId, oauthToken)),
  )
  return revoked.filter(Boolean).length
}

/** For a page of the account: the applications that may act for a user, each once. */
async function applicationsOf(userId: string): Promise<readonly string[]> {
  const tokens = await server.listTokens({ userId })
  return [...new Set(tokens.map(({ clientId }) => clientId))]
}

/** For the button beside one of them. */
async function disconnect(userId: string, clientId: string): Promise<void> {
  for (const { oauthToken } of await server.listTokens({ userId, clientId }))
    await server.revokeToken(clientId, oauthToken)
}

const issued = await server.issueToken({ clientId: 'demo', userId: 'ada', scope: 'notes:read' })
assert.equal(issued.oauthToken.length, 42)
assert.deepEqual(await applicationsOf('grace'), [])
assert.deepEqual(await applicationsOf('ada'), ['demo'])
assert.equal((await server.listTokens({ userId: 'ada' })).length, 2)

const origin = 'https://api.example.com'
const client = new TestClient({ clientId: 'demo', clientSecret: 'demo-secret', origin })
const statusOf = async (user: TestClient) => (await app.request(user.request('/notes'))).status
const ada = client.withToken(issued)
assert.equal(await statusOf(ada), 200)
assert.equal(await revokeOne('demo', issued.oauthToken), true)
assert.equal(await revokeOne('demo', issued.oauthToken), false)
const refused = await app.request(ada.request('/notes'))
assert.deepEqual(
  [refused.status, ((await refused.json()) as { error: string }).error],
  [401, 'invalid_signature'],
)

await disconnect('ada', 'demo')
assert.deepEqual(await applicationsOf('ada'), [])

const tokenOf = (userId: string) => server.issueToken({ clientId: 'demo', userId })
await Promise.all(['ada', 'ada', 'grace'].map(tokenOf))
assert.equal(await revokeAll({ userId: 'ada' }), 2)
assert.deepEqual(await applicationsOf('grace'), ['demo'])
assert.equal(await revokeAll({ clientId: 'demo' }), 1)

const grace = client.withToken(await tokenOf('grace'))
assert.equal((await app.request(grace.request('/oauth/revoke', { method: 'POST' }))).status, 200)
assert.equal(await statusOf(grace), 401)
