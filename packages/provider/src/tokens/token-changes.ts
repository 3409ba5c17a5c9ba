import { clientPolicy } from '../clients/client-policy.ts'
import { scopesOpenBy } from '../clients/open-scopes.ts'
import { nowSeconds } from '../random.ts'
import { type Scopes, scopeList } from '../settings/scopes.ts'
import { checkActive, checkScopes, type IssuedToken } from './issued-token.ts'
import type { TokenServices } from './tokens.ts'

/** Changes to a token; the rest stays as it is. */
export interface TokenChanges {
  /** Space-separated; replaces all current ones. */
  readonly scope?: string | undefined
  /** How long it is valid from now on, in seconds; 0 is forever. */
  readonly lifetimeSeconds?: number | undefined
}

type Changing = Pick<TokenServices, 'db' | 'server'>

/**
 * Changes a token's scopes or lifetime. A process that caches credentials sees the change when its cache expires.
 *
 * @returns Whether there is such a token.
 * @throws InputError when the token's client may not use a scope.
 */
export async function changeToken(
  services: Changing & { readonly settings: { readonly scopes: Scopes } },
  oauthToken: string,
  { scope, lifetimeSeconds }: TokenChanges,
): Promise<boolean> {
  const row = await tokenRow(services, oauthToken)
  if (row === undefined) return false
  const asked = scope === undefined ? undefined : scopeList(scope)
  if (asked !== undefined) {
    const policy = await clientPolicy(services, row.client_id)
    checkScopes(asked, scopesOpenBy(policy, services.settings.scopes))
  }
  const changed = {
    ...(asked !== undefined && { scope: asked.join(' ') }),
    ...(lifetimeSeconds !== undefined && {
      expires_at: lifetimeSeconds === 0 ? null : nowSeconds() + lifetimeSeconds,
    }),
  }
  if (Object.keys(changed).length === 0) return true
  const { numUpdatedRows } = await services.db
    .updateTable('oauth_token_credential')
    .set(changed)
    .where('oauth_token', '=', oauthToken)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/**
 * Replaces a client's token and secret: for the same user, with the same scopes and expiry. The old one ends at once.
 *
 * @returns The new token; undefined if there is no such token.
 * @throws InputError when the new token would not be accepted: the old one stays.
 */
export async function replaceToken(services: Changing, oauthToken: string): Promise<IssuedToken | undefined> {
  const row = await tokenRow(services, oauthToken)
  if (row === undefined) return undefined
  const { client_id: clientId, user_id, scope, expires_at } = row
  const userId = user_id === null || user_id === undefined ? undefined : Number(user_id)
  await checkActive(services.db, clientId, userId)
  const issued = await services.server.issueToken({
    clientId,
    ...(userId !== undefined && { userId }),
    ...(scope && { scope }),
    ...(expires_at !== null && expires_at !== undefined && { expiresAt: Number(expires_at) }),
  })
  if (await services.server.revokeToken(clientId, oauthToken))
    return { clientId, oauthToken: issued.oauthToken, oauthTokenSecret: issued.oauthTokenSecret }
  // It was revoked in the meantime, so its replacement must be too.
  await services.server.revokeToken(clientId, issued.oauthToken)
  return undefined
}

function tokenRow({ db }: Changing, oauthToken: string) {
  const now = nowSeconds()
  return db
    .selectFrom('oauth_token_credential')
    .select(['client_id', 'user_id', 'scope', 'expires_at'])
    .where('oauth_token', '=', oauthToken)
    .where((given) => given.or([given('expires_at', 'is', null), given('expires_at', '>', now)]))
    .executeTakeFirst()
}
