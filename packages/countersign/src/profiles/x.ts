import type { Policy } from '../server/policy.ts'

/**
 * The [X API](https://docs.x.com/fundamentals/authentication/oauth-1-0a/authorizing-a-request), once Twitter's: HMAC-SHA1,
 * three-legged or with a PIN, callbacks exactly as registered, tokens that live until they are revoked. JSON bodies are not
 * covered by the signature. twitter-api-v2 repeats the header's `oauth_callback`, `oauth_verifier` and
 * `oauth_token` in the form; clients on the `request` library sign an explicit default port.
 */
export const x: Partial<Policy> = {
  supportedSignatureMethods: ['HMAC-SHA1'],
  places: ['header', 'body', 'query'],
  timestampWindowSeconds: 300,
  twoLegged: false,
  callbackRule: 'exact',
  tolerances: ['repeated-in-header', 'default-port'],
}
