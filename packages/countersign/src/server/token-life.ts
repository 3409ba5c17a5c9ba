import { ConfigurationError, OAuth1Error } from '../errors.ts'
import type { Awaitable, Hooks } from './hooks.ts'
import type { TokenCredential } from './models.ts'
import type { Policy } from './policy.ts'

type IdleLimit = Pick<Policy, 'tokenIdleSeconds'>
type Life = Pick<TokenCredential, 'expiresAt' | 'lastUsedAt'>

/** The times to store with a new token, if the policy limits its life. */
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

/** @throws OAuth1Error `invalid_token` for a token that has expired, or went unused for too long. */
export function checkTokenLife(token: Life, policy: IdleLimit, now: () => number): void {
  const fault = tokenFault(token, policy, now)
  if (fault !== undefined) throw fault
}

/** @throws OAuth1Error `invalid_token` for an expired token. */
export function checkTokenEnd(token: Life, now: () => number): void {
  checkTokenLife(token, { tokenIdleSeconds: 0 }, now)
}

/** Why a token is no longer valid, or undefined. */
export function tokenFault(
  { expiresAt, lastUsedAt }: Life,
  { tokenIdleSeconds }: IdleLimit,
  now: () => number,
): OAuth1Error | undefined {
  // Anything but a number counts as past: a Date would be compared in milliseconds, and never expire.
  if (isStored(expiresAt) && !(typeof expiresAt === 'number' && now() < expiresAt))
    return expired('This token has expired. Start the flow again.')
  if (tokenIdleSeconds === 0 || !isStored(lastUsedAt)) return undefined
  return typeof lastUsedAt === 'number' && now() - lastUsedAt <= tokenIdleSeconds
    ? undefined
    : expired(`This token was not used for ${tokenIdleSeconds} s. Renew it, or start the flow again.`)
}

/** Which stored time of a token is not a number of seconds, for the report to the operator. */
export function misreadTime(token: Life): keyof Life | undefined {
  return (['expiresAt', 'lastUsedAt'] as const).find(
    (name) => isStored(token[name]) && typeof token[name] !== 'number',
  )
}

function isStored(time: number | null | undefined): boolean {
  return time !== undefined && time !== null
}

function expired(description: string): OAuth1Error {
  return new OAuth1Error('invalid_token', description, { problem: { name: 'token_expired' } })
}

/**
 * Records the use of a token, unless that was done within the last tenth of the idle limit: one write serves many
 * requests, and a token ends at most that much early.
 *
 * @throws ConfigurationError if the store has no such hook.
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
