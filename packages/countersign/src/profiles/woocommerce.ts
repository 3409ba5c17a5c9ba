import type { Policy } from '../server/policy.ts'

/**
 * Shops on plain HTTP as in [WooCommerce](https://woocommerce.github.io/woocommerce-rest-api-docs/#authentication-over-http):
 * one-legged, HMAC-SHA1 or HMAC-SHA256, in the query or the header, within 15 minutes. Its JavaScript library signs an
 * explicit default port. It also sends each parameter of a query twice and signs it once: such a request is refused, because
 * anyone could add an unsigned copy.
 */
export const woocommerce: Partial<Policy> = {
  supportedSignatureMethods: ['HMAC-SHA256', 'HMAC-SHA1'],
  places: ['query', 'header'],
  timestampWindowSeconds: 900,
  twoLegged: true,
  tolerances: ['default-port'],
}
