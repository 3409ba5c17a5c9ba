import type { Policy } from '../server/policy.ts'

/**
 * Token-based authentication as in [NetSuite](https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/section_1534941295.html):
 * HMAC-SHA256 alone, in the header, always with a token, which an administrator issues. The realm is the account's number;
 * read it as `request.realm`, and trust it no further than any header, because it is not signed. Its Node.js clients sign
 * an explicit `:443`.
 */
export const netsuite: Partial<Policy> = {
  supportedSignatureMethods: ['HMAC-SHA256'],
  places: ['header'],
  timestampWindowSeconds: 300,
  twoLegged: false,
  tolerances: ['default-port'],
}
