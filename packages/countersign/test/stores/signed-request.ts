import { createHmac } from 'node:crypto'
import type { Client, HttpRequest, TokenCredential } from 'countersign'
import OAuth from 'oauth-1.0a'

export const client: Client & { clientSecret: string } = {
  clientId: 'demo',
  clientSecret: 'demo-secret',
  callbacks: [],
}
export const token: TokenCredential = {
  clientId: client.clientId,
  oauthToken: 'token',
  oauthTokenSecret: 'token-secret',
  userId: 7,
}

const signer = new OAuth({
  consumer: { key: client.clientId, secret: client.clientSecret },
  signature_method: 'HMAC-SHA1',
  hash_function: (text, key) => createHmac('sha1', key).update(text).digest('base64'),
})

/** A GET that an independent client signed, with a nonce of its own. */
export function signedGet(): HttpRequest {
  const url = 'https://api.example/me'
  const { oauthToken: key, oauthTokenSecret: secret } = token
  const { Authorization } = signer.toHeader(signer.authorize({ url, method: 'GET' }, { key, secret }))
  return { method: 'GET', url, headers: { authorization: Authorization } }
}
