import type { Policy } from '../server/policy.ts'

/**
 * API keys as in [Canonical MAAS](https://canonical.com/maas/docs/latest/reference/api-reference/api-login/): PLAINTEXT in the
 * header, over TLS. A key is `consumer:token:secret`: the client's secret is empty, and the token's is all that protects it.
 */
export const maas: Partial<Policy> = {
  supportedSignatureMethods: ['PLAINTEXT'],
  places: ['header'],
  timestampWindowSeconds: 300,
  twoLegged: false,
  tolerances: [],
}
