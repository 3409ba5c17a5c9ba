import assert from 'node:assert/strict'
import { AuthorizationServer } from 'countersign'
import { hooks } from '../app.ts'

const server = new AuthorizationServer({ hooks })

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
await disconnect('ada', 'demo')
assert.deepEqual(await applicationsOf('ada'), [])
