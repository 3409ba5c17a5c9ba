import { readPolicy } from './client-policy.ts'

/**
 * In `development` a refusal says why, to a sender who proves that it holds a secret of the client; `live`, it says no more
 * than the RFC asks for.
 */
export type ClientMode = 'development' | 'live'

/** The mode is the field `advice` of the client's policy, so that no two things can disagree. */
export function modeOf(policy: string | null | undefined): ClientMode {
  return readPolicy(policy)?.advice === true ? 'development' : 'live'
}

/**
 * A stored policy in another mode. What an operator wrote there besides is kept; so is what cannot be read, for which the
 * servers refuse the client, and report a fault.
 */
export function policyIn(mode: ClientMode, policy: string | null = null): string | null {
  const stored = readPolicy(policy)
  if (stored === undefined) return policy
  const { advice: _, ...others } = stored
  const changed = mode === 'development' ? { ...others, advice: true } : others
  return Object.keys(changed).length === 0 ? null : JSON.stringify(changed)
}
