import { ConfigurationError, StoreError } from '../errors.ts'
import { type EventListener, emit } from './events.ts'
import type { Hooks } from './hooks.ts'
import { findToken } from './lookup.ts'
import type { Client, TokenCredential } from './models.ts'
import type { ResolvedOptions } from './options.ts'
import type { Policy } from './policy.ts'
import { scopesOf } from './scopes.ts'
import { tokenFault } from './token-life.ts'

/** Who gets a token: client, user and scope. */
type Grant = Pick<TokenCredential, 'clientId' | 'userId' | 'scope'>

/**
 * The tokens that the client already holds for this user, if the policy reuses or replaces them. They are listed before
 * a new one is issued, so that two concurrent approvals never revoke each other's token.
 *
 * @throws ConfigurationError if the store cannot list or, under `replace`, cannot revoke.
 */
export async function earlierTokens<T extends TokenCredential>(
  { clientId, userId }: Grant,
  { repeatedApproval }: Pick<Policy, 'repeatedApproval'>,
  hooks: Partial<Pick<Hooks<Client, T>, 'listTokens' | 'queryToken' | 'revokeToken'>>,
): Promise<readonly T[]> {
  if (repeatedApproval === 'issue' || userId === undefined || userId === null) return []
  const needed = repeatedApproval === 'replace' ? hooks.revokeToken : hooks.queryToken
  if (hooks.listTokens === undefined || needed === undefined) {
    throw new ConfigurationError(
      `The policy has repeatedApproval: '${repeatedApproval}', which needs the hooks listTokens and ${repeatedApproval === 'replace' ? 'revokeToken' : 'queryToken'}.`,
    )
  }
  // A token that cannot be decrypted can still be revoked.
  const listed = await hooks.listTokens({ clientId, userId }, ignore)
  // Only an exact match counts: a collation that ignores case or accents would hand out another user's token. A user's
  // number may be a string in one of two stores.
  return listed.filter((token) => token.clientId === clientId && String(token.userId) === String(userId))
}

/** The newest earlier token that is valid and has the scope just approved; only under `reuse`. */
export async function reusableToken<C extends Client, T extends TokenCredential>(
  { clientId, scope }: Grant,
  earlier: readonly T[],
  policy: Policy,
  hooks: Hooks<C, T>,
  { now, on }: Pick<ResolvedOptions, 'now' | 'on'>,
): Promise<T | undefined> {
  if (policy.repeatedApproval !== 'reuse') return undefined
  for (const listed of earlier.toReversed()) {
    if (!isSame(scopesOf(scope), scopesOf(listed.scope)) || tokenFault(listed, policy, now)) continue
    const { token } = await findToken(hooks, clientId, listed.oauthToken, on)
    if (token !== undefined && tokenFault(token, policy, now) === undefined) return token
  }
  return undefined
}

/**
 * Revokes the earlier tokens. If the store fails, the listener has been told, and the client still gets its new token.
 */
export async function revokeAll(
  tokens: readonly TokenCredential[],
  hooks: Pick<Hooks, 'revokeToken'>,
  on: EventListener | undefined,
): Promise<void> {
  for (const { clientId, oauthToken, userId } of tokens) {
    try {
      if (await hooks.revokeToken(clientId, oauthToken)) emit(on, { type: 'revoked', clientId, userId })
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
    }
  }
}

function isSame(scopes: readonly string[], others: readonly string[]): boolean {
  return scopes.length === others.length && scopes.every((scope) => others.includes(scope))
}

function ignore(): void {}
