import type { Database, ProviderHooks, ProviderServer, ProviderToken } from '../database/schema.ts'

/** Tokens are written through the server and its hooks; the database is read for what pages and lists show. */
interface TokenServices {
  readonly db: Database
  readonly hooks: Pick<ProviderHooks, 'consumeTemporaryCredential'>
  readonly server: Pick<ProviderServer, 'issueToken' | 'listTokens' | 'revokeToken'>
}

/** An application that may act for a user. */
export interface Authorization {
  readonly clientId: string
  readonly clientName: string
  /** When the first of its tokens was issued, in seconds since 1970. */
  readonly since: number
}

/** A token without its secret. */
export interface TokenSummary {
  readonly oauthToken: string
  readonly clientId: string
  readonly clientName: string
  /** Null for a token without a user. */
  readonly userName: string | null
  /** Seconds since 1970. */
  readonly createdAt: number
}

/** The user's applications, each once however many tokens it has. */
export async function listAuthorizations(db: Database, userId: number): Promise<Authorization[]> {
  const rows = await db
    .selectFrom('oauth_token_credential as token')
    .innerJoin('oauth_client as client', 'client.client_id', 'token.client_id')
    .select(['client.client_id', 'client.name', (given) => given.fn.min('token.created_at').as('since')])
    .where('token.user_id', '=', userId)
    .groupBy(['client.client_id', 'client.name'])
    .orderBy('client.name')
    .execute()
  return rows.map(({ client_id, name, since }) => ({
    clientId: client_id,
    clientName: name,
    since: Number(since),
  }))
}

/** Ends all that the user allowed this client: its tokens, and approvals that it has not collected yet. */
export async function revokeAuthorization(
  { db, hooks, server }: TokenServices,
  userId: number,
  clientId: string,
): Promise<void> {
  const approvals = await db
    .selectFrom('oauth_temporary_credential')
    .select('oauth_token')
    .where('user_id', '=', userId)
    .where('client_id', '=', clientId)
    .execute()
  for (const { oauth_token } of approvals) await hooks.consumeTemporaryCredential(oauth_token)
  // Listed only now: an approval that was collected in the meantime is a token by now.
  for (const { oauthToken } of await server.listTokens({ userId, clientId })) {
    await server.revokeToken(clientId, oauthToken)
  }
}

export async function listTokens(
  db: Database,
  { userId, clientId }: { readonly userId?: number | undefined; readonly clientId?: string | undefined },
): Promise<TokenSummary[]> {
  let rows = db
    .selectFrom('oauth_token_credential as token')
    .innerJoin('oauth_client as client', 'client.client_id', 'token.client_id')
    .leftJoin('user', 'user.id', 'token.user_id')
    .select([
      'token.oauth_token',
      'token.client_id',
      'client.name',
      'user.name as user_name',
      'token.created_at',
    ])
    .orderBy('token.created_at')
  if (userId !== undefined) rows = rows.where('token.user_id', '=', userId)
  if (clientId !== undefined) rows = rows.where('token.client_id', '=', clientId)
  return (await rows.execute()).map((row) => ({
    oauthToken: row.oauth_token,
    clientId: row.client_id,
    clientName: row.name,
    userName: row.user_name,
    createdAt: Number(row.created_at),
  }))
}

/** A token that the operator gives out without the flow. */
export async function issueToken(
  { server }: Pick<TokenServices, 'server'>,
  clientId: string,
  userId: number | undefined,
): Promise<Pick<ProviderToken, 'clientId' | 'oauthToken' | 'oauthTokenSecret'>> {
  const { oauthToken, oauthTokenSecret } = await server.issueToken({ clientId, userId })
  return { clientId, oauthToken, oauthTokenSecret }
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
