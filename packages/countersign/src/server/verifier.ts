import { constantTimeEqual } from '../crypto/compare.ts'
import { OAuth1Error } from '../errors.ts'
import { outOfBand } from './callback.ts'
import type { Hooks } from './hooks.ts'
import type { TemporaryCredential } from './models.ts'
import type { Policy } from './policy.ts'

/**
 * §2.3: checks that the verifier of a signed request is the one that the resource owner was given. A wrong one counts
 * as a try, and the last that the policy allows spends the temporary credential: a code that people type is short
 * enough to be guessed. A redirect carries 192 bits, which cannot be guessed: only wrong ones are counted, and a client
 * may ask again.
 *
 * @throws OAuth1Error `invalid_token`
 */
export async function checkVerifier(
  credential: TemporaryCredential,
  verifier: string,
  { maxVerifierTries }: Pick<Policy, 'maxVerifierTries'>,
  hooks: Pick<Hooks, 'recordNonce' | 'consumeTemporaryCredential'>,
): Promise<void> {
  const { oauthVerifier, oauthCallback, oauthToken } = credential
  if (!oauthVerifier) {
    throw new OAuth1Error(
      'invalid_token',
      'The resource owner has not approved this temporary credential yet.',
      { problem: { name: 'permission_unknown' } },
    )
  }
  const isTyped = oauthCallback === outOfBand
  // A short code is counted before it is compared: of many concurrent guesses, at most this many are compared.
  let tries = isTyped ? await countTry(credential, maxVerifierTries, hooks) : 0
  if (tries <= maxVerifierTries && isVerifierOf(credential, verifier)) return
  if (!isTyped) tries = await countTry(credential, maxVerifierTries, hooks)
  // Only the last try spends it: after that, a request with the right code may already be under way.
  if (tries === maxVerifierTries) await hooks.consumeTemporaryCredential(oauthToken)
  const isOver = tries >= maxVerifierTries
  throw new OAuth1Error(
    'invalid_token',
    isOver
      ? `oauth_verifier was tried ${maxVerifierTries} times, which is all that is allowed: start the flow again.`
      : 'oauth_verifier is not the one that was given to the resource owner.',
    { problem: isOver ? { name: 'token_used' } : { rejected: { oauth_verifier: '' } } },
  )
}

/**
 * Counts a try in the nonce store: each number can be recorded only once, even by concurrent counters, so the count is
 * as atomic as the protection against replays, and needs no column. No signed request has such a nonce, because its
 * timestamp is not zero.
 *
 * @returns The number of this try; one more than the maximum if none is left.
 */
async function countTry(
  { clientId, oauthToken, expiresAt }: TemporaryCredential,
  most: number,
  hooks: Pick<Hooks, 'recordNonce'>,
): Promise<number> {
  for (let tries = 1; tries <= most; tries++) {
    const record = { clientId, oauthToken, timestamp: 0, nonce: `verifier ${tries}`, expiresAt }
    if ((await hooks.recordNonce(record)) === true) return tries
  }
  return most + 1
}

/**
 * Whether a client sent the verifier of an approved temporary credential (§2.3). In the code that a user types (`oob`),
 * case, spaces and dashes do not matter. It does not count tries: the token endpoint does.
 *
 * @example
 * ```ts
 * isVerifierOf({ oauthVerifier: 'BCDF-GHJK', oauthCallback: 'oob' }, 'bcdf ghjk') // true
 * ```
 */
export function isVerifierOf(
  { oauthVerifier, oauthCallback }: Pick<TemporaryCredential, 'oauthVerifier' | 'oauthCallback'>,
  sent: string,
): boolean {
  if (!oauthVerifier) return false
  return oauthCallback === outOfBand
    ? constantTimeEqual(asTyped(oauthVerifier), asTyped(sent))
    : constantTimeEqual(oauthVerifier, sent)
}

/** A typed code, normalised: case, spaces and dashes do not matter. */
function asTyped(code: string): string {
  return code.toUpperCase().replace(/[\s\p{Pd}]/gu, '')
}
