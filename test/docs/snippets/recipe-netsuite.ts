import assert from 'node:assert/strict'
import { AuthorizationServer, ResourceProtector } from 'countersign'
import { OAuth1Client } from 'countersign/client'
import { currentAuthentication, requireOAuth } from 'countersign/fetch'
import { memoryHooks } from 'countersign/memory'
import { netsuite } from 'countersign/profiles'

const hooks = memoryHooks({ clients: [{ clientId: 'erp', clientSecret: 'erp-secret' }] })
const server = new AuthorizationServer({ hooks, ...netsuite })
const protector = new ResourceProtector({ hooks, ...netsuite })

const { oauthToken, oauthTokenSecret } = await server.issueToken({
  clientId: 'erp',
  userId: 'ada',
  scope: 'sales',
})

const customers = requireOAuth(
  protector,
  'sales',
)(() => {
  const { credential, request } = currentAuthentication()
  if (request.realm !== accountOf(credential?.userId)) return new Response('Another account', { status: 403 })
  return Response.json({ account: request.realm })
})
function accountOf(userId: unknown): string | undefined {
  return userId === 'ada' ? '123456_SB1' : undefined
}

const client = new OAuth1Client({
  clientId: 'erp',
  clientSecret: 'erp-secret',
  token: { oauthToken, oauthTokenSecret },
  signatureMethod: 'HMAC-SHA256',
  realm: '123456_SB1',
  fetch: async (input, init) => customers(new Request(input, init)),
})
const response = await client.fetch('https://123456-sb1.example.com/record/v1/customer?limit=5')

assert.deepEqual(await response.json(), { account: '123456_SB1' })
