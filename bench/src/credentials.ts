import { ThirdParty } from '../../test/support/third-party.ts'

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

export const keys = { key: token.oauthToken, secret: token.oauthTokenSecret }
export const signer = new ThirdParty({ key: client.clientId, secret: client.clientSecret })

/** The Authorization header of a request signed by an independent client, with a unique nonce. */
export function authorizationFor(url: string, method = 'GET'): string {
  // Flat text, as from an HTTP parser, not the rope that concatenation leaves.
  return Buffer.from(signer.authorization(method, url, { token: keys })).toString('latin1')
}
