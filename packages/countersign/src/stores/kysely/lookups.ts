import type { Kysely } from 'kysely'
import type { Client, TokenCredential } from '../../server/models.ts'
import { isStorable } from '../shared/column-text.ts'
import { type AnyDatabase, type ClientOf, defaultTables, type TokenCredentialOf } from './database.ts'
import { clientOf, tokenCredentialOf } from './rows.ts'

/** The `queryClient` hook over a table of clients: returns the whole row. */
export function createQueryClient<DB, const N extends string = 'oauth_client'>(
  db: Kysely<DB>,
  table?: N,
): (clientId: string) => Promise<ClientOf<DB, { readonly client: N }> | undefined> {
  return queryClientIn(db, table) as () => Promise<never>
}

/**
 * The `queryToken` hook over a table of token credentials: returns the whole row.
 *
 * @example
 * ```ts
 * server.registerHook('queryToken', createQueryToken(db))
 * ```
 */
export function createQueryToken<DB, const N extends string = 'oauth_token_credential'>(
  db: Kysely<DB>,
  table?: N,
): (
  clientId: string,
  oauthToken: string,
) => Promise<TokenCredentialOf<DB, { readonly tokenCredential: N }> | undefined> {
  return queryTokenIn(db, table) as () => Promise<never>
}

export function queryClientIn(
  db: AnyDatabase,
  table: string = defaultTables.client,
): (clientId: string) => Promise<Client | undefined> {
  return async (clientId) => {
    if (!isStorable(clientId)) return undefined
    const row = await db.selectFrom(table).selectAll().where('client_id', '=', clientId).executeTakeFirst()
    const client = row && clientOf(row)
    return client?.clientId === clientId ? client : undefined
  }
}

export function queryTokenIn(
  db: AnyDatabase,
  table: string = defaultTables.tokenCredential,
): (clientId: string, oauthToken: string) => Promise<TokenCredential | undefined> {
  return async (clientId, oauthToken) => {
    if (!isStorable(clientId) || !isStorable(oauthToken)) return undefined
    const row = await db
      .selectFrom(table)
      .selectAll()
      .where('oauth_token', '=', oauthToken)
      .executeTakeFirst()
    const token = row && tokenCredentialOf(row)
    // Existing tables may have a collation that ignores case or trailing spaces.
    return token?.oauthToken === oauthToken && token.clientId === clientId ? token : undefined
  }
}
