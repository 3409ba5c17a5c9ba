import type { Policy } from '../server/policy.ts'

/**
 * The [X API](https://docs.x.com/fundamentals/authentication/oauth-1-0a/authorizing-a-request), once Twitter's: HMAC-SHA1,
 * three-legged or with a PIN, callbacks exactly as registered, tokens that live until they are revoked. The signature does
 * not cover JSON. twitter-api-v2 sends `oauth_callback` and `oauth_verifier` in the form, and the token there as well as in
 * the header; clients on the `request` library sign an explicit default port.
 */
export const x: Partial<Policy> = {
  supportedSignatureMethods: ['HMAC-SHA1'],
  places: ['header', 'body', 'query'],
  timestampWindowSeconds: 300,
  twoLegged: false,
  callbackRule: 'exact',
  tolerances: ['split-parameters', 'repeated-in-header', 'default-port'],
}
