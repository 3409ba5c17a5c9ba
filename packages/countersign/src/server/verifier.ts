import { constantTimeEqual } from '../crypto/compare.ts'
import { OAuth1Error } from '../errors.ts'
import { outOfBand } from './callback.ts'
import type { Hooks } from './hooks.ts'
import type { TemporaryCredential } from './models.ts'
import type { Policy } from './policy.ts'

/**
 * §2.3: the verifier of a signed request is the one that the resource owner was given. A wrong one counts as a try, and
 * the last that the policy allows spends the temporary credential: a code that people type is short enough to be guessed.
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
  const [expected, given] = isTyped ? [asTyped(oauthVerifier), asTyped(verifier)] : [oauthVerifier, verifier]
  if (constantTimeEqual(expected, given)) return
  const isLast = (await countTry(credential, maxVerifierTries, hooks)) >= maxVerifierTries
  if (isLast) await hooks.consumeTemporaryCredential(oauthToken)
  throw new OAuth1Error(
    'invalid_token',
    `oauth_verifier is not the one that was given to the resource owner.${isLast ? ` That was try ${maxVerifierTries}, the last: start the flow again.` : ''}`,
    { problem: isLast ? { name: 'token_used' } : { rejected: { oauth_verifier: '' } } },
  )
}

/**
 * Counts a wrong try in the store of nonces: each number can be recorded once, whoever else counts at the same time, so
 * that the count is as atomic as the store's defence against replays, and needs no column. No signed request has such a
 * nonce: its timestamp is not zero.
 */
async function countTry(
  { clientId, oauthToken, expiresAt }: TemporaryCredential,
  most: number,
  hooks: Pick<Hooks, 'recordNonce'>,
): Promise<number> {
  for (let tries = 1; tries < most; tries++) {
    const record = { clientId, oauthToken, timestamp: 0, nonce: `wrong verifier ${tries}`, expiresAt }
    if ((await hooks.recordNonce(record)) === true) return tries
  }
  return most
}

/** What a person typed, in whatever case, with whatever spaces and dashes. */
function asTyped(code: string): string {
  return code.toUpperCase().replace(/[\s\p{Pd}]/gu, '')
}
