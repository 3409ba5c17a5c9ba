import { UndecidableError } from '../errors.ts'
import type { ExchangedCredentials } from './exchanged-credentials.ts'
import type { Hooks } from './hooks.ts'
import type { TokenCredential } from './models.ts'

/**
 * §2.3: spends an approval that yields a token that the client already had.
 *
 * @throws OAuth1Error for all callers but one, and during an exchange that may have issued this token, because a lost
 *   exchange revokes its token.
 */
export async function spend(
  oauthToken: string,
  hooks: Pick<Hooks, 'consumeTemporaryCredential'>,
  exchanged: ExchangedCredentials,
): Promise<void> {
  const release = exchanged.begin(oauthToken)
  try {
    if ((await hooks.consumeTemporaryCredential(oauthToken)) !== true) throw new UndecidableError('unknown')
  } catch (error) {
    release()
    throw error
  }
}

/**
 * §2.3: one winner, and no approval is spent without a token. In one transaction if the store has them. Otherwise the
 * token is stored first: if the process ends before the temporary credential is spent, the client can ask again, and a
 * token whose secret no client received grants nothing.
 */
export async function exchange(
  oauthToken: string,
  credential: TokenCredential,
  hooks: Hooks,
  exchanged: ExchangedCredentials,
): Promise<void> {
  if (hooks.exchangeTemporaryCredential) {
    const stored = await hooks.exchangeTemporaryCredential(oauthToken, credential)
    if (stored === undefined) throw new UndecidableError('unknown')
    return
  }
  const release = exchanged.begin(oauthToken)
  try {
    await hooks.createTokenCredential(credential)
    if ((await hooks.consumeTemporaryCredential(oauthToken)) === true) return
    // Another process was faster.
    await hooks.revokeToken?.(credential.clientId, credential.oauthToken)
    throw new UndecidableError('unknown')
  } catch (error) {
    // The client may ask again.
    release()
    throw error
  }
}
