import type { Policy } from '../server/policy.ts'

/**
 * The plugin [WP REST API OAuth 1.0a Server](https://github.com/WP-API/OAuth1): three-legged, in all three places, within 15
 * minutes. Its guide names HMAC-SHA1; its code takes HMAC-SHA256 as well, and GET at the token endpoints. A callback must be
 * the registered one.
 */
export const wordpress: Partial<Policy> = {
  supportedSignatureMethods: ['HMAC-SHA1', 'HMAC-SHA256'],
  places: ['header', 'body', 'query'],
  timestampWindowSeconds: 900,
  twoLegged: false,
  callbackRule: 'exact',
  getTokenEndpoints: true,
  tolerances: [],
}
