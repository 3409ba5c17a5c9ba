import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import {
  AuthorizationServer,
  type ClientPolicy,
  ResourceProtector,
  sharedKey,
  symmetric,
  verifySignature,
} from 'countersign'
import { currentAuthentication, requireClient } from 'countersign/fetch'
import { memoryHooks } from 'countersign/memory'
import { signed } from '../../support/signer.ts'

const partner: ClientPolicy = { bodyHash: 'required', supportedSignatureMethods: ['HMAC-SHA256'] }
const old: ClientPolicy = { tolerances: ['default-port', 'joined-order'] }
const moodleSecret = 'moodle-secret'
const hooks = memoryHooks({
  clients: [
    { clientId: 'partner', clientSecret: 'partner-secret', policy: partner },
    { clientId: 'old', clientSecret: 'old-secret', policy: { ...old, xAuth: true } },
  ],
})
const signIn = (username: string, password: string) =>
  username === 'ada' && password === 'engine' ? { id: 'ada' } : undefined

const hmacSha384 = symmetric(
  async ({ baseString, clientSecret, tokenSecret }) =>
    createHmac('sha384', sharedKey(clientSecret, tokenSecret)).update(baseString).digest('base64'),
  { bodyHash: 'sha512' },
)
const protector = new ResourceProtector({ hooks, signatureMethods: { 'HMAC-SHA384': hmacSha384 } })

const stock = requireClient(protector)(() => Response.json({ for: currentAuthentication().client.clientId }))
const url = 'https://api.example.com/stock'
const asOld = { client: { clientId: 'old', clientSecret: 'old-secret' } }
const { authorization } = signed({ url, ...asOld }).headers
const response = await stock(new Request(url, { headers: { authorization: String(authorization) } }))
assert.deepEqual(await response.json(), { for: 'old' })

const request = signed({
  method: 'POST',
  url,
  client: { clientId: 'moodle', clientSecret: moodleSecret },
  form: [['user_id', '7']],
})
const { parameters } = await verifySignature(request, { moodle: moodleSecret })
assert.deepEqual(parameters, [['user_id', '7']])

const reporting = new ResourceProtector({ hooks, problemReporting: true })
await assert.rejects(
  reporting.authenticate(signed({ url, ...asOld, oauth: { oauth_timestamp: '1' } })),
  (error: never) => {
    const { headers } = reporting.errorResponse(error)
    return headers['www-authenticate']?.includes('oauth_problem="timestamp_refused"')
  },
)

const server = new AuthorizationServer({
  hooks,
  tokenParameters: ({ userId, scope = '' }) => ({ user_id: String(userId), granted: scope }),
})
assert.equal((await server.token.handle(signed({ method: 'POST', url, ...asOld }))).status, 400)

const passwords = new AuthorizationServer({
  hooks,
  checkPassword: async ({ username, password }) => signIn(username, password),
})
const form = [
  ['x_auth_mode', 'client_auth'],
  ['x_auth_username', 'ada'],
  ['x_auth_password', 'engine'],
] as const
assert.equal((await passwords.token.handle(signed({ method: 'POST', url, ...asOld, form }))).status, 200)
