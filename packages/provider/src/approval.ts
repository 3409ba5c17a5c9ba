import { findAccount } from './accounts/accounts.ts'
import { InputError } from './input-error.ts'
import type { Services } from './services.ts'
import { recordDecision } from './tokens/decisions.ts'

/** A user's decision, and where the browser would go next. */
export interface Approval {
  /** The code that the client exchanges; undefined after a denial. */
  readonly oauthVerifier: string | undefined
  /** The client's callback with the decision; undefined for a client that asked for `oob`. */
  readonly location: string | undefined
}

type Deciding = Pick<Services, 'db' | 'server'>

/**
 * Decides on a client's request for access, as its user would on the consent page, but without a browser.
 *
 * @param scope - Space-separated, a subset of the requested scopes. Default: all of them.
 * @throws InputError when there is no such user; OAuth1Error when the request is unknown, expired or decided.
 */
export async function decide(
  { db, server }: Deciding,
  {
    oauthToken,
    userName,
    allowed,
    scope,
  }: {
    readonly oauthToken: string
    readonly userName: string
    readonly allowed: boolean
    readonly scope?: string | undefined
  },
): Promise<Approval> {
  const user = await findAccount(db, userName)
  if (user === undefined) throw new InputError('user', `There is no user ${userName}.`)
  const { credential } = await server.checkAuthorizationRequest(oauthToken)
  const granted = scope ?? credential.scope
  const decision = await server.decideAuthorization(
    oauthToken,
    allowed ? user : undefined,
    granted ? { scope: granted } : {},
  )
  const { clientId, expiresAt } = credential
  await recordDecision(db, { oauthToken, clientId, userId: user.id, allowed, expiresAt })
  if (decision.kind === 'code') return { oauthVerifier: decision.oauthVerifier, location: undefined }
  const { location } = decision
  const query = location === undefined ? undefined : new URL(location).searchParams
  return { oauthVerifier: query?.get('oauth_verifier') ?? undefined, location }
}
