import assert from 'node:assert/strict'
import { type Client, type Hooks, OAuth1Error, ResourceProtector } from 'countersign'
import { memoryHooks } from 'countersign/memory'
import { mastercard, netsuite } from 'countersign/profiles'
import { signed } from '../../support/signer.ts'

const token = { clientId: 'erp', oauthToken: 'token', oauthTokenSecret: 'token-secret', userId: 'ada' }
const hooksWith = (...clients: Client[]): Hooks => memoryHooks({ clients, tokens: [token] })
const hooks = hooksWith({ clientId: 'erp', clientSecret: 'erp-secret' })

const cards = new ResourceProtector({ hooks, ...mastercard })

const erp: Client = {
  clientId: 'erp',
  clientSecret: 'erp-secret',
  policy: { profile: 'netsuite', timestampWindowSeconds: 60 },
}
const accounts = new ResourceProtector({ hooks: hooksWith(erp), profiles: { netsuite } })

const request = (method: string, seconds = 0) => {
  const client = { clientId: 'erp', clientSecret: 'erp-secret' }
  const url = 'https://api.example.com/customers'
  return signed(
    { url, client, token, oauth: { oauth_signature_method: method } },
    Date.now() / 1000 - seconds,
  )
}
const codeOf = (protector: ResourceProtector, method: string, seconds?: number) =>
  protector.authenticate(request(method, seconds)).then(
    () => 'accepted',
    (error) => error instanceof OAuth1Error && error.code,
  )
assert.equal(await codeOf(accounts, 'HMAC-SHA256'), 'accepted')
assert.equal(await codeOf(accounts, 'HMAC-SHA256', 90), 'invalid_nonce')
assert.equal(await codeOf(accounts, 'HMAC-SHA1'), 'unsupported_signature_method')
assert.equal(await codeOf(cards, 'HMAC-SHA256'), 'unsupported_signature_method')
