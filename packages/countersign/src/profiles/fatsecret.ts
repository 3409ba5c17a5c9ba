import type { Policy } from '../server/policy.ts'

/**
 * The [fatsecret Platform API](https://platform.fatsecret.com/docs/guides/authentication/oauth1): HMAC-SHA1 in the query or the
 * form, [three-legged](https://platform.fatsecret.com/docs/guides/authentication/oauth1/three-legged) or signed by the client
 * alone. The token endpoints take GET as well.
 */
export const fatsecret: Partial<Policy> = {
  supportedSignatureMethods: ['HMAC-SHA1'],
  places: ['query', 'body', 'header'],
  timestampWindowSeconds: 300,
  twoLegged: true,
  getTokenEndpoints: true,
  tolerances: [],
}
