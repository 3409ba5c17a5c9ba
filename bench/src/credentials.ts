import { createHmac } from 'node:crypto'
import OAuth from 'oauth-1.0a'

export const client = {
  clientId: 'dpf43f3p2l4k3l03',
  clientSecret: 'kd94hf93k423kf44kd94hf93k423kf44kd94hf93k423kf44',
}

export const token = {
  clientId: client.clientId,
  oauthToken: 'nnch734d00sl2jdknnch734d00sl2jdknnch734d00',
  oauthTokenSecret: 'pfkkdhi9sl3r4s00pfkkdhi9sl3r4s00pfkkdhi9sl3r4s00',
  userId: 1,
}

export const signer: OAuth = new OAuth({
  consumer: { key: client.clientId, secret: client.clientSecret },
  signature_method: 'HMAC-SHA1',
  hash_function: (text, key) => createHmac('sha1', key).update(text).digest('base64'),
})

/** The Authorization header of a GET that an independent client signed, with a nonce of its own. */
export function authorizationFor(url: string): string {
  const data = signer.authorize(
    { url, method: 'GET' },
    { key: token.oauthToken, secret: token.oauthTokenSecret },
  )
  // Flat text, as an HTTP parser hands it out: not the rope that concatenation leaves.
  return Buffer.from(signer.toHeader(data).Authorization).toString('latin1')
}
