import type { Policy } from '../server/policy.ts'

/**
 * The [Discogs API](https://www.discogs.com/developers#page:authentication): PLAINTEXT over TLS, or HMAC-SHA1, in the header.
 * Request tokens are asked for with GET, and its clients send `oauth_callback` and `oauth_verifier` in the query or the form.
 */
export const discogs: Partial<Policy> = {
  supportedSignatureMethods: ['PLAINTEXT', 'HMAC-SHA1'],
  places: ['header'],
  timestampWindowSeconds: 300,
  twoLegged: false,
  getTokenEndpoints: true,
  tolerances: ['split-parameters'],
}
