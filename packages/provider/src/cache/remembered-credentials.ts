import { cachedCredentials } from 'countersign/credential-cache'
import type { ProviderClient, ProviderHooks, ProviderToken } from '../database/schema.ts'

/**
 * The hooks with clients and tokens cached in this process for this long. A token revoked through them is forgotten at
 * once; any other change, in this process or another, is noticed after that time.
 */
export function rememberedCredentials(hooks: ProviderHooks, seconds: number): ProviderHooks {
  if (seconds === 0) return hooks
  const { forget, ...cached } = cachedCredentials<ProviderClient, ProviderToken>(hooks, {
    ttlSeconds: seconds,
  })
  return { ...hooks, ...cached } as ProviderHooks
}
