import type { Client, HttpRequest, TokenCredential } from 'countersign'
import { ThirdParty } from '../../../../test/support/third-party.ts'

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

const signer = new ThirdParty({ key: client.clientId, secret: client.clientSecret })

/** A GET that an independent client signed, with a nonce of its own. */
export function signedGet(): HttpRequest {
  const url = 'https://api.example/me'
  const keys = { key: token.oauthToken, secret: token.oauthTokenSecret }
  return { method: 'GET', url, headers: { authorization: signer.authorization('GET', url, { token: keys }) } }
}
