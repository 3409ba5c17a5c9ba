import { readPolicy } from './client-policy.ts'

/**
 * In `development`, a refusal gives the reason to a sender who proves that it holds a secret of the client; in `live`,
 * it says only what the RFC requires.
 */
export type ClientMode = 'development' | 'live'

/** The mode is the field `advice` of the client's policy, so that the two cannot disagree. */
export function modeOf(policy: string | null | undefined): ClientMode {
  return readPolicy(policy)?.advice === true ? 'development' : 'live'
}

/**
 * A stored policy with another mode. Its other fields are kept; so is a policy that cannot be read, for which the
 * servers refuse the client and report a fault.
 */
export function policyIn(mode: ClientMode, policy: string | null = null): string | null {
  const stored = readPolicy(policy)
  if (stored === undefined) return policy
  const { advice: _, ...others } = stored
  const changed = mode === 'development' ? { ...others, advice: true } : others
  return Object.keys(changed).length === 0 ? null : JSON.stringify(changed)
}
