import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { AuthorizationServer, sharedKey, symmetric } from 'countersign'
import { ThirdParty } from '../../support/third-party.ts'
import { hooks, protector } from '../app.ts'

const server = new AuthorizationServer({ hooks })

const hmacSha384 = symmetric(({ baseString, clientSecret, tokenSecret }) =>
  createHmac('sha384', sharedKey(clientSecret, tokenSecret)).update(baseString).digest('base64'),
)
const supportedSignatureMethods = ['HMAC-SHA1', 'HMAC-SHA384', 'RSA-SHA256']
server.registerSignatureMethod('HMAC-SHA384', hmacSha384).init({ supportedSignatureMethods })
protector.registerSignatureMethod('HMAC-SHA384', hmacSha384).init({ supportedSignatureMethods })

const signer = new ThirdParty({ key: 'demo', secret: 'demo-secret' }, 'HMAC-SHA384')
const request = { method: 'GET', url: 'https://api.example.com/hello' }
const authorization = signer.authorization('GET', request.url, {
  token: { key: 'token', secret: 'token-secret' },
})
const { credential } = await protector.authenticate({ ...request, headers: { authorization } })
assert.equal(credential?.userId, 'ada')
