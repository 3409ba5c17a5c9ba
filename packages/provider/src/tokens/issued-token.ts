import { isSecret } from '../clients/client-keys.ts'
import { clientPolicy } from '../clients/client-policy.ts'
import { clientStatus } from '../clients/client-status.ts'
import { scopesOpenBy } from '../clients/open-scopes.ts'
import type { Database, ProviderToken } from '../database/schema.ts'
import { isSuspended } from '../database/user-row.ts'
import { inputFault } from '../input-fault.ts'
import { nowSeconds } from '../random.ts'
import { type Scopes, scopeList } from '../settings/scopes.ts'
import type { TokenServices } from './tokens.ts'

/** The options of a token issued without the flow, besides its client and user. */
export interface NewToken {
  /** Space-separated. */
  readonly scope?: string | undefined
  /** How long it is valid, in seconds; 0 is forever. Default: by the client's policy. */
  readonly lifetimeSeconds?: number | undefined
  /** A token that the client already has, with its secret. */
  readonly credential?: { readonly oauthToken: string; readonly oauthTokenSecret: string } | undefined
}

/** A newly issued token: the only time that its secret is in the clear outside the store. */
export type IssuedToken = Pick<ProviderToken, 'clientId' | 'oauthToken' | 'oauthTokenSecret'>

/**
 * Issues a token without the flow: for an operator, or for a user's own use.
 *
 * @throws InputError that names the field.
 */
export async function issueToken(
  services: Pick<TokenServices, 'db' | 'server'> & { readonly settings: { readonly scopes: Scopes } },
  clientId: string,
  userId: number | undefined,
  { scope = '', lifetimeSeconds, credential }: NewToken = {},
): Promise<IssuedToken> {
  const { db, server, settings } = services
  const policy = await clientPolicy({ db, server }, clientId)
  await checkActive(db, clientId, userId)
  const asked = scopeList(scope)
  checkScopes(asked, scopesOpenBy(policy, settings.scopes))
  if (credential !== undefined) checkCredential(credential)
  const lifetime = lifetimeSeconds ?? policy.tokenLifetimeSeconds
  const request = {
    clientId,
    userId,
    scope: asked.join(' '),
    expiresAt: lifetime === 0 ? undefined : nowSeconds() + lifetime,
    credential,
  }
  try {
    const { oauthToken, oauthTokenSecret } = await server.issueToken(request)
    return { clientId, oauthToken, oauthTokenSecret }
  } catch (error) {
    if (credential !== undefined && (await isTaken(services, credential.oauthToken)))
      throw inputFault('oauth_token', 'tokenTaken')
    throw error
  }
}

/** @throws InputError when the token would not be accepted. */
export async function checkActive(db: Database, clientId: string, userId: number | undefined): Promise<void> {
  const status = await clientStatus(db, clientId)
  if (status === 'pending') throw inputFault('client', 'clientPending')
  if (status === 'suspended') throw inputFault('client', 'clientSuspended')
  if (userId !== undefined && (await isSuspended(db, userId))) throw inputFault('user', 'userSuspended')
}

/** @throws InputError when the client may not use a scope. */
export function checkScopes(asked: readonly string[], open: readonly string[]): void {
  const other = asked.find((scope) => !open.includes(scope))
  if (other === undefined) return
  const scope = other.slice(0, 100)
  if (open.length === 0) throw inputFault('scope', 'scopeClosedAll', { scope })
  throw inputFault('scope', 'scopeClosed', { scope, open: open.join(', ') })
}

function checkCredential({ oauthToken, oauthTokenSecret }: NonNullable<NewToken['credential']>): void {
  if (!/^[\x21-\x7e]{1,255}$/.test(oauthToken)) throw inputFault('oauth_token', 'token')
  if (!isSecret(oauthTokenSecret)) {
    throw inputFault('oauth_token_secret', 'tokenSecret')
  }
}

async function isTaken({ db }: Pick<TokenServices, 'db'>, oauthToken: string): Promise<boolean> {
  const row = await db
    .selectFrom('oauth_token_credential')
    .select('client_id')
    .where('oauth_token', '=', oauthToken)
    .executeTakeFirst()
  return row !== undefined
}
