import { ConfigurationError, OAuth1Error } from '../errors.ts'
import type { Awaitable, Hooks } from './hooks.ts'
import type { TokenCredential } from './models.ts'
import type { Policy } from './policy.ts'

type IdleLimit = Pick<Policy, 'tokenIdleSeconds'>
type Life = Pick<TokenCredential, 'expiresAt' | 'lastUsedAt'>

/** What a new token is stored with, as far as the policy limits its life. */
export function tokenLife(
  { tokenLifetimeSeconds, tokenIdleSeconds }: Pick<Policy, 'tokenLifetimeSeconds' | 'tokenIdleSeconds'>,
  now: () => number,
): Life {
  const at = Math.floor(now())
  return {
    ...(tokenLifetimeSeconds > 0 && { expiresAt: at + tokenLifetimeSeconds }),
    ...(tokenIdleSeconds > 0 && { lastUsedAt: at }),
  }
}

/** @throws OAuth1Error `invalid_token` for a token past its end, or one that went unused for too long. */
export function checkTokenLife(token: Life, policy: IdleLimit, now: () => number): void {
  const fault = tokenFault(token, policy, now)
  if (fault !== undefined) throw fault
}

/** @throws OAuth1Error `invalid_token` for a token past its end. */
export function checkTokenEnd(token: Life, now: () => number): void {
  checkTokenLife(token, { tokenIdleSeconds: 0 }, now)
}

/** Why a token is no longer good, or undefined. */
export function tokenFault(
  { expiresAt, lastUsedAt }: Life,
  { tokenIdleSeconds }: IdleLimit,
  now: () => number,
): OAuth1Error | undefined {
  // What is no number of seconds has come: a Date, which counts in milliseconds, would be far ahead.
  if (hasEnd(expiresAt) && !(typeof expiresAt === 'number' && now() < expiresAt))
    return expired('This token has expired. Start the flow again.')
  if (tokenIdleSeconds === 0 || typeof lastUsedAt !== 'number') return undefined
  return now() - lastUsedAt <= tokenIdleSeconds
    ? undefined
    : expired(`This token was not used for ${tokenIdleSeconds} s. Renew it, or start the flow again.`)
}

export function hasEnd(expiresAt: TokenCredential['expiresAt']): expiresAt is number {
  return expiresAt !== undefined && expiresAt !== null
}

function expired(description: string): OAuth1Error {
  return new OAuth1Error('invalid_token', description, { problem: { name: 'token_expired' } })
}

/**
 * Writes that a token was used, unless it was written within the last tenth of the idle limit: one write serves many
 * requests, and a token ends at most that much early.
 *
 * @throws ConfigurationError where the store has no such hook.
 */
export function recordUse(
  { clientId, oauthToken, lastUsedAt }: TokenCredential,
  { tokenIdleSeconds }: IdleLimit,
  hooks: Pick<Hooks, 'recordTokenUse'>,
  now: () => number,
): Awaitable<void> {
  const at = Math.floor(now())
  if (typeof lastUsedAt === 'number' && at - lastUsedAt < tokenIdleSeconds / 10) return undefined
  if (hooks.recordTokenUse === undefined) {
    throw new ConfigurationError(
      'The policy has tokenIdleSeconds, and no hook recordTokenUse is registered: use a store that has it, or set tokenIdleSeconds: 0.',
    )
  }
  return hooks.recordTokenUse({ clientId, oauthToken, lastUsedAt: at })
}
