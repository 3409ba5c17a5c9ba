import { ConfigurationError } from '../errors.ts'
import type { HttpResponse } from '../protocol/http.ts'
import type { OAuth1Request } from '../protocol/request.ts'
import { claimOf, proofOf } from './attempt.ts'
import { required } from './authenticate.ts'
import { compareBodyHash } from './body-hash.ts'
import { emit } from './events.ts'
import type { Hooks } from './hooks.ts'
import { findToken } from './lookup.ts'
import type { Client, TokenCredential } from './models.ts'
import { spendNonce } from './nonce.ts'
import type { ResolvedOptions } from './options.ts'
import type { Policy } from './policy.ts'
import type { Attempt } from './refusal.ts'
import { credentialsResponse } from './responses.ts'
import { checkTokenEnd } from './token-life.ts'

/** A client's request about its own token, signed with that token. */
interface OwnToken<T> {
  readonly token: T
  readonly policy: Policy
}

/** Ends the token that signed the request. */
export async function revokeOwn<C extends Client, T extends TokenCredential>(
  request: OAuth1Request,
  attempt: Attempt,
  hooks: Hooks<C, T>,
  options: ResolvedOptions,
): Promise<HttpResponse> {
  const { token } = await authenticate(request, attempt, hooks, options)
  const { clientId, oauthToken, userId } = token
  if (await hooks.revokeToken(clientId, oauthToken)) emit(options.on, { type: 'revoked', clientId, userId })
  return credentialsResponse({})
}

/** Renews a token that went idle, unless it has expired. */
export async function renewOwn<C extends Client, T extends TokenCredential>(
  request: OAuth1Request,
  attempt: Attempt,
  hooks: Hooks<C, T>,
  options: ResolvedOptions,
): Promise<HttpResponse> {
  const { token, policy } = await authenticate(request, attempt, hooks, options)
  const { clientId, oauthToken, expiresAt } = token
  checkTokenEnd(token, options.now)
  if (policy.tokenIdleSeconds > 0) {
    if (hooks.recordTokenUse === undefined) {
      throw new ConfigurationError('Renewal needs the hook recordTokenUse: use a store that has it.')
    }
    await hooks.recordTokenUse({ clientId, oauthToken, lastUsedAt: Math.floor(options.now()) })
  }
  return credentialsResponse({
    oauth_token: oauthToken,
    ...(expiresAt && { oauth_expires_in: String(Math.max(0, Math.floor(expiresAt - options.now()))) }),
  })
}

async function authenticate<C extends Client, T extends TokenCredential>(
  request: OAuth1Request,
  attempt: Attempt,
  hooks: Hooks<C, T>,
  options: ResolvedOptions,
): Promise<OwnToken<T>> {
  const oauthToken = required(request.oauthToken, 'oauth_token')
  const claim = claimOf(request, attempt, options)
  const found = await findToken(hooks, claim.clientId, oauthToken, options.on)
  const { token, policy } = await proofOf(claim, found, attempt, options)
  await compareBodyHash(claim, attempt.http, policy)
  await spendNonce(claim, policy.timestampWindowSeconds, hooks, options.usedTimestamps)
  return { token: token as T, policy }
}
