import type { Policy } from '../server/policy.ts'

/** The [Tumblr API](https://www.tumblr.com/docs/en/api/v2#oauth1-authorization): HMAC-SHA1, three-legged, in the header alone. */
export const tumblr: Partial<Policy> = {
  supportedSignatureMethods: ['HMAC-SHA1'],
  places: ['header'],
  timestampWindowSeconds: 300,
  twoLegged: false,
  tolerances: [],
}
