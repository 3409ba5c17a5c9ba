import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { AuthorizationServer, sharedKey, symmetric } from 'countersign'
import OAuth from 'oauth-1.0a'
import { hooks, protector } from '../app.ts'

const server = new AuthorizationServer({ hooks })

const hmacSha384 = symmetric(({ baseString, clientSecret, tokenSecret }) =>
  createHmac('sha384', sharedKey(clientSecret, tokenSecret)).update(baseString).digest('base64'),
)
const supportedSignatureMethods = ['HMAC-SHA1', 'HMAC-SHA384', 'RSA-SHA256']
server.registerSignatureMethod('HMAC-SHA384', hmacSha384).init({ supportedSignatureMethods })
protector.registerSignatureMethod('HMAC-SHA384', hmacSha384).init({ supportedSignatureMethods })

const oauth = new OAuth({
  consumer: { key: 'demo', secret: 'demo-secret' },
  signature_method: 'HMAC-SHA384',
  hash_function: (text, key) => createHmac('sha384', key).update(text).digest('base64'),
})
const request = { method: 'GET', url: 'https://api.example.com/hello' }
const header = oauth.toHeader(oauth.authorize(request, { key: 'token', secret: 'token-secret' }))
const { credential } = await protector.authenticate({
  ...request,
  headers: { authorization: header.Authorization },
})
assert.equal(credential?.userId, 'ada')
