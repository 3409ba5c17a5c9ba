import type { HttpResponse } from '../protocol/http.ts'
import type { OAuth1Request } from '../protocol/request.ts'
import { claimOf, proofOf } from './attempt.ts'
import { required } from './authenticate.ts'
import { compareBodyHash } from './body-hash.ts'
import { exchange, spend } from './exchange.ts'
import type { ExchangedCredentials } from './exchanged-credentials.ts'
import type { Hooks } from './hooks.ts'
import { findTemporaryCredential } from './lookup.ts'
import type { Client, TemporaryCredential, TokenCredential } from './models.ts'
import { spendNonce } from './nonce.ts'
import type { ResolvedOptions } from './options.ts'
import type { Attempt } from './refusal.ts'
import { giveToken, prepareToken } from './token-issue.ts'
import { checkVerifier } from './verifier.ts'

/**
 * §2.3: exchanges an approved temporary credential for a token.
 *
 * @param attempt - Records how far the request came.
 * @throws OAuth1Error
 */
export async function requestToken<C extends Client, T extends TokenCredential>(
  request: OAuth1Request,
  attempt: Attempt,
  hooks: Hooks<C, T>,
  options: ResolvedOptions,
  exchanged: ExchangedCredentials,
): Promise<HttpResponse> {
  const oauthToken = required(request.oauthToken, 'oauth_token, the temporary credential,')
  const verifier = required(request.verifier, 'oauth_verifier')
  const claim = claimOf(request, attempt, options)
  const found = await findTemporaryCredential(hooks, claim.clientId, oauthToken, options.now(), options.on)
  const { client, token, policy } = await proofOf(claim, found, attempt, options)
  await compareBodyHash(claim, attempt.http, policy)
  // Before the verifier: a replayed request with a wrong one must not count as another try.
  await spendNonce(claim, policy.timestampWindowSeconds, hooks, options.usedTimestamps)
  const credential = token as TemporaryCredential
  await checkVerifier(credential, verifier, policy, hooks)
  const prepared = await prepareToken(client, credential, policy, hooks, options)
  if (prepared.isReused) await spend(oauthToken, hooks, exchanged)
  else await exchange(oauthToken, prepared.token, hooks, exchanged)
  return giveToken(prepared, policy, hooks, options)
}
