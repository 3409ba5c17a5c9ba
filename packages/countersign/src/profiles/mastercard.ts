import type { Policy } from '../server/policy.ts'

/**
 * Signed bodies as in the [Mastercard APIs](https://developer.mastercard.com/platform/documentation/using-oauth-1a-to-access-mastercard-apis/):
 * one-legged, RSA with SHA-256 (PKCS #1 or PSS), in the header, and an `oauth_body_hash` in every request, even of an empty
 * body. Mastercard's own signers sign the values of `oauth_` parameters as they are, without encoding them first.
 */
export const mastercard: Partial<Policy> = {
  supportedSignatureMethods: ['RSA-SHA256', 'RSA-PSS'],
  places: ['header'],
  timestampWindowSeconds: 300,
  twoLegged: true,
  bodyHash: 'required',
  tolerances: ['raw-oauth-values'],
}
