import { sha256Base64Url } from '../crypto/digest.ts'
import { OAuth1Error } from '../errors.ts'
import type { Claim } from './authenticate.ts'
import type { Awaitable, Hooks } from './hooks.ts'
import type { NonceRecord } from './models.ts'
import type { UsedTimestamps } from './used-timestamps.ts'

/**
 * §3.3, the last of all checks, so that nothing is written for a request with an invalid signature. A request without a
 * timestamp (PLAINTEXT) has no nonce to spend.
 *
 * @returns A promise only if the hook returned one.
 * @throws OAuth1Error `invalid_nonce` when it was used before.
 */
export function spendNonce(
  { clientId, timestamp, nonce, request: { oauthToken = '' } }: Claim,
  windowSeconds: number,
  hooks: Pick<Hooks, 'recordNonce'>,
  usedTimestamps: UsedTimestamps,
): Awaitable<void> {
  if (timestamp === undefined) return undefined
  // The nonce is kept until its timestamp alone is refused.
  const expiresAt = timestamp + windowSeconds + 1
  const isNew = hooks.recordNonce({ clientId, oauthToken, timestamp, nonce, expiresAt })
  return typeof isNew === 'boolean'
    ? requireNew(isNew, timestamp, usedTimestamps)
    : requireNewLater(isNew, timestamp, usedTimestamps)
}

async function requireNewLater(
  isNew: unknown,
  timestamp: number,
  usedTimestamps: UsedTimestamps,
): Promise<void> {
  requireNew(await isNew, timestamp, usedTimestamps)
}

function requireNew(isNew: unknown, timestamp: number, usedTimestamps: UsedTimestamps): void {
  if (isNew !== true) {
    throw new OAuth1Error(
      'invalid_nonce',
      'This oauth_nonce was used before with this oauth_timestamp; sign every request again, with a new nonce.',
    )
  }
  usedTimestamps.add(timestamp)
}

/**
 * A string that is equal for two records only if all four parts are; stores use it as the key of a nonce. Always 43
 * characters of `A-Z a-z 0-9 - _`, whatever the client sent.
 */
export function nonceKey(record: NonceRecord): string {
  return sha256Base64Url(nonceText(record))
}

/** Like `nonceKey`, but as long as the client's values, for a store that hashes its keys itself. */
export function nonceText({ clientId, oauthToken, timestamp, nonce }: NonceRecord): string {
  return `${clientId.length}:${clientId}${oauthToken.length}:${oauthToken}${timestamp}:${nonce}`
}
