import type { HttpResponse } from '../protocol/http.ts'
import type { OAuth1Request } from '../protocol/request.ts'
import { prove, readClaim, required } from './authenticate.ts'
import { compareBodyHash } from './body-hash.ts'
import { emit } from './events.ts'
import { exchange, spend } from './exchange.ts'
import type { ExchangedCredentials } from './exchanged-credentials.ts'
import type { Hooks } from './hooks.ts'
import { findTemporaryCredential } from './lookup.ts'
import type { Client, TemporaryCredential, TokenCredential } from './models.ts'
import { spendNonce } from './nonce.ts'
import type { ResolvedOptions } from './options.ts'
import type { Attempt } from './refusal.ts'
import { earlierTokens, reusableToken, revokeAll } from './repeated-approval.ts'
import { credentialsResponse } from './responses.ts'
import { generateCredential } from './token-generator.ts'
import { tokenLife } from './token-life.ts'
import { extraPairs, tokenPairs } from './token-pairs.ts'
import { checkVerifier } from './verifier.ts'

/**
 * §2.3: exchanges an approved temporary credential for a token.
 *
 * @param attempt - Is told how far the request came.
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
  const claim = readClaim(request, 'token', options)
  attempt.claim = claim
  const found = await findTemporaryCredential(hooks, claim.clientId, oauthToken, options.now(), options.on)
  claim.found = found
  const proof = await prove<C, TemporaryCredential>(claim, found, options)
  attempt.proof = proof
  const { client, policy } = proof
  await compareBodyHash(claim, attempt.http, policy)
  // Before the verifier: a copy of a request with a wrong one must not count as another try.
  await spendNonce(claim, policy.timestampWindowSeconds, hooks, options.usedTimestamps)
  const credential = proof.token as TemporaryCredential
  await checkVerifier(credential, verifier, policy, hooks)

  const { clientId, userId, scope } = credential
  const extra = await extraPairs(client, credential, options)
  const earlier = await earlierTokens(credential, policy, hooks)
  const reused = await reusableToken(credential, earlier, policy, hooks, options)
  const issued = { type: 'issued', credential: 'token', clientId, userId, scope } as const
  if (reused !== undefined) {
    await spend(oauthToken, hooks, exchanged)
    emit(options.on, issued)
    return credentialsResponse(tokenPairs(reused, policy, extra, options.now))
  }
  const token = {
    ...(await generateCredential(options)),
    clientId,
    userId,
    ...(scope ? { scope } : {}),
    ...tokenLife(policy, options.now),
  }
  await exchange(oauthToken, token, hooks, exchanged)
  emit(options.on, issued)
  await revokeAll(earlier, hooks, options.on)
  return credentialsResponse(tokenPairs(token, policy, extra, options.now))
}
