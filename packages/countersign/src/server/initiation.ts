import { OAuth1Error } from '../errors.ts'
import type { HttpResponse } from '../protocol/http.ts'
import type { OAuth1Request } from '../protocol/request.ts'
import { claimOf, proofOf } from './attempt.ts'
import { compareBodyHash } from './body-hash.ts'
import { checkCallbackOf, requireCallbackForm } from './callback.ts'
import { emit, reportFault } from './events.ts'
import type { Hooks } from './hooks.ts'
import { findClient } from './lookup.ts'
import type { Client } from './models.ts'
import { spendNonce } from './nonce.ts'
import type { ResolvedOptions } from './options.ts'
import type { Attempt } from './refusal.ts'
import { credentialsResponse } from './responses.ts'
import { askedScope } from './scopes.ts'
import { generateCredential } from './token-generator.ts'

/**
 * §2.1: issues temporary credentials.
 *
 * @param attempt - Records how far the request came.
 * @throws OAuth1Error
 */
export async function initiate<C extends Client>(
  request: OAuth1Request,
  attempt: Attempt,
  hooks: Hooks<C>,
  options: ResolvedOptions,
): Promise<HttpResponse> {
  const { callback } = request
  if (!callback) {
    throw new OAuth1Error(
      'missing_required_parameter',
      'oauth_callback is missing; send an absolute URI, or "oob".',
      { problem: { absent: ['oauth_callback'] } },
    )
  }
  checkCallbackForm(callback, options)
  const claim = claimOf(request, attempt, options)
  const found = await findClient<C>(hooks, claim.clientId, options.on)
  const { client, policy } = await proofOf(claim, found, attempt, options)
  if (client.callbacks && !Array.isArray(client.callbacks))
    reportFault(options.on, client.clientId, new TypeError('Its callbacks are no list.'))
  checkCallbackOf(client, callback, policy)
  const scope = askedScope(claim.request, policy)
  await compareBodyHash(claim, attempt.http, policy)
  await spendNonce(claim, policy.timestampWindowSeconds, hooks, options.usedTimestamps)

  const issued = await generateCredential(options)
  const { clientId } = client
  await hooks.createTemporaryCredential({
    ...issued,
    clientId,
    oauthCallback: callback,
    expiresAt: Math.floor(options.now()) + options.temporaryCredentialLifetimeSeconds,
    ...(scope === undefined ? {} : { scope }),
  })
  emit(options.on, { type: 'issued', credential: 'temporary', clientId, ...(scope && { scope }) })
  return credentialsResponse({
    oauth_token: issued.oauthToken,
    oauth_token_secret: issued.oauthTokenSecret,
    oauth_callback_confirmed: 'true',
  })
}

/** @throws OAuth1Error `invalid_request` for a callback that no client of this server may ask for. */
export function checkCallbackForm(
  callback: string,
  { callbackSchemes, maxCallbackLength }: Pick<ResolvedOptions, 'callbackSchemes' | 'maxCallbackLength'>,
): void {
  requireCallbackForm(callback, { schemes: callbackSchemes, maxLength: maxCallbackLength })
}
