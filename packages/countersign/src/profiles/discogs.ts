import type { Policy } from '../server/policy.ts'

/**
 * The [Discogs API](https://www.discogs.com/developers#page:authentication): PLAINTEXT over TLS, or HMAC-SHA1, in the header.
 * Request tokens are asked for with GET by some of
 * its clients, which send `oauth_callback` and `oauth_verifier` in the query or the form, alone or beside the header.
 */
export const discogs: Partial<Policy> = {
  supportedSignatureMethods: ['PLAINTEXT', 'HMAC-SHA1'],
  places: ['header'],
  timestampWindowSeconds: 300,
  twoLegged: false,
  getTokenEndpoints: true,
  tolerances: ['split-parameters', 'repeated-in-header'],
}
