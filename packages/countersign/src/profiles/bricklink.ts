import type { Policy } from '../server/policy.ts'

/**
 * The [BrickLink API](http://apidev.bricklink.com/redmine/projects/bricklink-api/wiki/Authorization): HMAC-SHA1 in the header,
 * always with a token, which the shop's owner issues for one IP address (the application's part). Its second form, JSON in a
 * query parameter named Authorization, is not OAuth 1.0, and is refused.
 */
export const bricklink: Partial<Policy> = {
  supportedSignatureMethods: ['HMAC-SHA1'],
  places: ['header'],
  timestampWindowSeconds: 300,
  twoLegged: false,
  tolerances: [],
}
