import type { Policy } from '../server/policy.ts'

/**
 * A broker's short tokens as in [E*TRADE](https://apisb.etrade.com/docs/api/authorization/request_token.html): HMAC-SHA1, GET
 * at the token endpoints, timestamps within five minutes. A token that is idle for two hours must be
 * [renewed](https://apisb.etrade.com/docs/api/authorization/renew_access_token.html), and none lives longer than a day: there,
 * until midnight in New York; here, for 24 hours from its issue. The store needs the hook `recordTokenUse`.
 */
export const etrade: Partial<Policy> = {
  supportedSignatureMethods: ['HMAC-SHA1'],
  places: ['header', 'query'],
  timestampWindowSeconds: 300,
  twoLegged: false,
  getTokenEndpoints: true,
  tokenLifetimeSeconds: 86_400,
  tokenIdleSeconds: 7_200,
  tolerances: [],
}
