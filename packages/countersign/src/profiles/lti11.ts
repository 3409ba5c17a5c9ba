import type { Policy } from '../server/policy.ts'

/**
 * Launches and outcomes of [LTI 1.1](https://www.imsglobal.org/specs/ltiv1p1/implementation-guide): signed without a token,
 * in the launch's form, or in the header of an outcomes request, whose `oauth_body_hash` is SHA-1. A platform's clock may be
 * wrong by 90 minutes. HMAC-SHA1, and Moodle's HMAC-SHA256. Canvas repeats the query of the launch address in the form, and
 * signs it once.
 */
export const lti11: Partial<Policy> = {
  supportedSignatureMethods: ['HMAC-SHA1', 'HMAC-SHA256'],
  places: ['body', 'header'],
  timestampWindowSeconds: 5_400,
  twoLegged: true,
  bodyHash: 'verified',
  tolerances: ['repeated-in-query', 'sha1-body-hash'],
}
