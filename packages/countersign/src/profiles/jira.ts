import type { Policy } from '../server/policy.ts'

/**
 * Application links as in [Jira and Confluence Data Center](https://developer.atlassian.com/server/jira/platform/oauth/):
 * RSA-SHA1 alone, three-legged, with tokens that live for five years. Clients on the `request` library sign an explicit
 * default port.
 */
export const jira: Partial<Policy> = {
  supportedSignatureMethods: ['RSA-SHA1'],
  places: ['header', 'body', 'query'],
  timestampWindowSeconds: 300,
  twoLegged: false,
  tokenLifetimeSeconds: 157_680_000,
  tolerances: ['default-port'],
}
