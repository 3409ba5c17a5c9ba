import type { Policy } from '../server/policy.ts'

/**
 * Integrations as in [Magento 2 and Adobe Commerce](https://developer.adobe.com/commerce/webapi/get-started/authentication/gs-authentication-oauth):
 * HMAC-SHA256, and HMAC-SHA1 for older clients, in the header, within ten minutes, with tokens that live until they are
 * revoked. The shop sends the integration its keys and the verifier; that is the application's part.
 */
export const magento: Partial<Policy> = {
  supportedSignatureMethods: ['HMAC-SHA256', 'HMAC-SHA1'],
  places: ['header'],
  timestampWindowSeconds: 600,
  twoLegged: false,
  tolerances: ['default-port'],
}
