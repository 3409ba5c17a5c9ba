import type { Database } from '../database/schema.ts'
import { randomText } from '../random.ts'

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
  return rows.map(({ client_id, name, since }) => ({ clientId: client_id, clientName: name, since }))
}

/** Ends all that the user allowed this client: its tokens, and approvals that it has not collected yet. */
export async function revokeAuthorization(db: Database, userId: number, clientId: string): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    for (const table of ['oauth_token_credential', 'oauth_temporary_credential'] as const) {
      await transaction
        .deleteFrom(table)
        .where('user_id', '=', userId)
        .where('client_id', '=', clientId)
        .execute()
    }
  })
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
    createdAt: row.created_at,
  }))
}

/** A token that the operator gives out without the flow. */
export async function issueToken(db: Database, clientId: string, userId: number | undefined) {
  const token = { clientId, oauthToken: randomText(42), oauthTokenSecret: randomText(48) }
  await db
    .insertInto('oauth_token_credential')
    .values({
      client_id: clientId,
      oauth_token: token.oauthToken,
      oauth_token_secret: token.oauthTokenSecret,
      user_id: userId ?? null,
    })
    .execute()
  return token
}

/** Answers whether there was such a token. */
export async function revokeToken(db: Database, oauthToken: string): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('oauth_token_credential')
    .where('oauth_token', '=', oauthToken)
    .executeTakeFirst()
  return numDeletedRows === 1n
}
