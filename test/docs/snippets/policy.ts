import assert from 'node:assert/strict'
import { createHmac, createSign, generateKeyPairSync } from 'node:crypto'
import { AuthorizationServer, type ClientPolicy, optionsFromEnv, ResourceProtector } from 'countersign'
import { requireOAuth } from 'countersign/fetch'
import { memoryHooks } from 'countersign/memory'
import OAuth from 'oauth-1.0a'

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

const sign: Record<string, (text: string, key: string) => string> = {
  'HMAC-SHA1': (text, key) => createHmac('sha1', key).update(text).digest('base64'),
  'HMAC-SHA256': (text, key) => createHmac('sha256', key).update(text).digest('base64'),
  PLAINTEXT: (_text, key) => key,
  'RSA-SHA256': (text) => createSign('sha256').update(text).sign(keys.privateKey, 'base64'),
}
function signed(clientId: string, method: string, seconds = Date.now() / 1000): Request {
  const oauth = new OAuth({
    consumer: { key: clientId, secret: `${clientId}-secret` },
    signature_method: method,
    hash_function: sign[method] as (text: string, key: string) => string,
  })
  oauth.getTimeStamp = () => Math.floor(seconds)
  const call = { url: 'https://api.example.com/me', method: 'GET' }
  const headers = oauth.toHeader(oauth.authorize(call, { key: clientId, secret: token.oauthTokenSecret }))
  return new Request(call.url, { headers: { ...headers } })
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
