import type { Policy } from '../server/policy.ts'

/**
 * The [Schoology API](https://developers.schoology.com/api-documentation/authentication): HMAC-SHA1 or PLAINTEXT in the header,
 * with a token or without one; then an empty `oauth_token` is sent, or only signed. The token endpoints take GET. Schoology
 * issues tokens without a verifier; that is open to session fixation, so here the exchange still needs one (§2.3).
 */
export const schoology: Partial<Policy> = {
  supportedSignatureMethods: ['HMAC-SHA1', 'PLAINTEXT'],
  places: ['header'],
  timestampWindowSeconds: 300,
  twoLegged: true,
  getTokenEndpoints: true,
  tolerances: ['empty-token'],
}
