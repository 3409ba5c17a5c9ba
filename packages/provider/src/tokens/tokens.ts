import { idleSecondsOf } from '../clients/client-policy.ts'
import type { Database, ProviderHooks, ProviderServer } from '../database/schema.ts'
import { nowSeconds } from '../random.ts'

/** Tokens are written through the server and its hooks; pages and lists read the database directly. */
export interface TokenServices {
  readonly db: Database
  readonly hooks: Pick<ProviderHooks, 'consumeTemporaryCredential'>
  readonly server: Pick<ProviderServer, 'issueToken' | 'listTokens' | 'revokeToken' | 'policyOf'>
}

/** Which tokens to list; each given field must match. */
export interface TokenFilter {
  readonly userId?: number | undefined
  readonly clientId?: string | undefined
}

/** A token without its secret. */
export interface TokenSummary {
  readonly oauthToken: string
  readonly clientId: string
  readonly clientName: string
  /** Null for a token without a user. */
  readonly userName: string | null
  /** Space-separated; null for none. */
  readonly scope: string | null
  /** Times are seconds since 1970. */
  readonly createdAt: number
  /** Null if it never expires. */
  readonly expiresAt: number | null
  /** Null if its client has no idle limit, and before its first use. */
  readonly lastUsedAt: number | null
  /** It went unused for too long: it is not accepted until its client renews it. */
  readonly isIdle: boolean
}

/** The tokens that have not expired, oldest first. */
export async function listTokens(
  { db, server }: Pick<TokenServices, 'db' | 'server'>,
  { userId, clientId }: TokenFilter,
): Promise<TokenSummary[]> {
  const now = nowSeconds()
  let rows = liveTokens(db, now).orderBy('token.created_at').orderBy('token.oauth_token')
  if (userId !== undefined) rows = rows.where('token.user_id', '=', userId)
  if (clientId !== undefined) rows = rows.where('token.client_id', '=', clientId)
  return (await rows.execute()).map(summariesAt(server, now))
}

/** The tokens that have not expired, with the names of their clients and users. */
export function liveTokens(db: Database, now: number) {
  return db
    .selectFrom('oauth_token_credential as token')
    .innerJoin('oauth_client as client', 'client.client_id', 'token.client_id')
    .leftJoin('user', 'user.id', 'token.user_id')
    .select([
      'token.oauth_token',
      'token.client_id',
      'client.name',
      'client.policy',
      'user.name as user_name',
      'token.scope',
      'token.created_at',
      'token.expires_at',
      'token.last_used_at',
    ])
    .where((given) => given.or([given('token.expires_at', 'is', null), given('token.expires_at', '>', now)]))
}

type LiveToken = Awaited<ReturnType<ReturnType<typeof liveTokens>['executeTakeFirstOrThrow']>>

/** Turns rows into list entries; each policy is read once. */
export function summariesAt(
  server: Pick<ProviderServer, 'policyOf'>,
  now: number,
): (row: LiveToken) => TokenSummary {
  const idle = idleSecondsOf(server)
  return (row) => {
    const lastUsedAt = seconds(row.last_used_at)
    const idleSeconds = idle(row.policy)
    return {
      oauthToken: row.oauth_token,
      clientId: row.client_id,
      clientName: row.name,
      userName: row.user_name,
      scope: row.scope || null,
      createdAt: Number(row.created_at),
      expiresAt: seconds(row.expires_at),
      lastUsedAt,
      isIdle: idleSeconds > 0 && lastUsedAt !== null && now - lastUsedAt > idleSeconds,
    }
  }
}

/** PostgreSQL's driver reads 64-bit integers as text. */
function seconds(stored: number | string | null | undefined): number | null {
  return stored === null || stored === undefined ? null : Number(stored)
}

/** Returns whether there was such a token. */
export async function revokeToken(
  { db, server }: Pick<TokenServices, 'db' | 'server'>,
  oauthToken: string,
): Promise<boolean> {
  const row = await db
    .selectFrom('oauth_token_credential')
    .select('client_id')
    .where('oauth_token', '=', oauthToken)
    .executeTakeFirst()
  return row !== undefined && (await server.revokeToken(row.client_id, oauthToken))
}

/**
 * Revokes all access that a user allowed, that a client has, or that this client has to this user: tokens, and
 * approvals that were not collected yet. Returns how many tokens there were.
 */
export async function revokeTokens(
  { db, hooks, server }: TokenServices,
  { userId, clientId }: TokenFilter,
): Promise<number> {
  if (userId === undefined && clientId === undefined) throw new TypeError('A user or a client must be named.')
  let approvals = db
    .selectFrom('oauth_temporary_credential')
    .select('oauth_token')
    .where('oauth_verifier', 'is not', null)
  if (userId !== undefined) approvals = approvals.where('user_id', '=', userId)
  if (clientId !== undefined) approvals = approvals.where('client_id', '=', clientId)
  for (const { oauth_token } of await approvals.execute()) await hooks.consumeTemporaryCredential(oauth_token)
  // Listed only now: an approval that was collected in the meantime is a token by now.
  let revoked = 0
  for (const token of await server.listTokens(withoutUndefined({ userId, clientId }))) {
    if (await server.revokeToken(token.clientId, token.oauthToken)) revoked++
  }
  return revoked
}

/** A field that is present but undefined would be a different filter. */
function withoutUndefined({ userId, clientId }: TokenFilter): TokenFilter {
  return { ...(userId !== undefined && { userId }), ...(clientId !== undefined && { clientId }) }
}
