import { OAuth1ClientError } from '../client/client-error.ts'
import type { AuthorizationServer } from '../server/authorization-server.ts'
import type { Approval } from '../server/decision.ts'
import type { Awaitable } from '../server/hooks.ts'
import type { Client, TokenCredential, User } from '../server/models.ts'

/**
 * Allows or denies access as a user would on the consent page.
 *
 * @returns The URL that the browser is sent to afterwards, or the verifier of an `oob` flow.
 */
export type Approve = (authorizationUrl: string) => Awaitable<string>

/**
 * Decides as a user, on your server itself and past the consent page, for `authorize`.
 *
 * @param user - Who approves; null to deny.
 * @param approval - The scope that is granted, as `decideAuthorization` takes it.
 */
export function approvedBy<C extends Client, T extends TokenCredential>(
  server: AuthorizationServer<C, T>,
  user: User | null,
  approval?: Approval,
): Approve {
  return async (authorizationUrl) => {
    const oauthToken = new URL(authorizationUrl).searchParams.get('oauth_token') ?? ''
    const decision = await server.decideAuthorization(oauthToken, user, approval)
    if (decision.kind === 'code') return decision.oauthVerifier
    if (decision.location !== undefined) return decision.location
    throw new OAuth1ClientError('access_denied', 'Access was not granted.')
  }
}
