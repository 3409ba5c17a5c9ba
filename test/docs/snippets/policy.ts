import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { AuthorizationServer, type ClientPolicy, optionsFromEnv, ResourceProtector } from 'countersign'
import { OAuth1Client, type SignatureMethodName } from 'countersign/client'
import { requireOAuth } from 'countersign/fetch'
import { memoryHooks } from 'countersign/memory'

const keys = generateKeyPairSync('rsa', { modulusLength: 2048 })
const bankKey = keys.publicKey.export({ type: 'spki', format: 'pem' }).toString()
const token = { oauthTokenSecret: 'token-secret', userId: 'ada' }
const tokens = ['album', 'ledger', 'bank'].map((clientId) => ({ ...token, clientId, oauthToken: clientId }))

const options = {
  ...optionsFromEnv(),
  supportedSignatureMethods: ['HMAC-SHA1', 'HMAC-SHA256'],
  timestampWindowSeconds: 300,
  profiles: {
    legacy: { supportedSignatureMethods: ['PLAINTEXT'], callbackRule: 'prefix' },
  },
} as const

const bank: ClientPolicy = { supportedSignatureMethods: ['RSA-SHA256'], places: ['header'] }
const hooks = memoryHooks({
  clients: [
    { clientId: 'album', clientSecret: 'album-secret' },
    { clientId: 'ledger', clientSecret: 'ledger-secret', policy: { profile: 'legacy' } },
    { clientId: 'bank', rsaPublicKey: bankKey, policy: bank },
  ],
  tokens,
})
const server = new AuthorizationServer({ ...options, hooks })
const protector = new ResourceProtector({ ...options, hooks })

function signed(
  clientId: string,
  signatureMethod: SignatureMethodName,
  seconds = Date.now() / 1000,
): Request {
  const client = new OAuth1Client({
    clientId,
    clientSecret: `${clientId}-secret`,
    privateKey: keys.privateKey,
    token: { oauthToken: clientId, oauthTokenSecret: token.oauthTokenSecret },
    signatureMethod,
    now: () => seconds,
  })
  const { url, headers } = client.sign({ url: 'https://api.example.com/me' })
  return new Request(url, { headers })
}

const me = requireOAuth(protector)(() => new Response())
for (const [clientId, method, status] of [
  ['album', 'HMAC-SHA256', 200],
  ['album', 'PLAINTEXT', 400],
  ['ledger', 'PLAINTEXT', 200],
  ['ledger', 'HMAC-SHA1', 400],
  ['bank', 'RSA-SHA256', 200],
  ['bank', 'HMAC-SHA1', 400],
  // What a stranger sees: no such client is under the policy of the server.
  ['no-such-client', 'HMAC-SHA1', 401],
  ['no-such-client', 'PLAINTEXT', 400],
] as const) {
  assert.deepEqual(
    [clientId, method, (await me(signed(clientId, method))).status],
    [clientId, method, status],
  )
}
assert.equal((await me(signed('album', 'HMAC-SHA1', Date.now() / 1000 - 400))).status, 401)
assert.ok(server.initiate)
