import type { Client, TokenCredential } from '../../server/models.ts'
import { isStorable } from '../shared/column-text.ts'
import { type AnyDatabase, defaultTables } from './database.ts'
import { clientOf, tokenCredentialOf } from './rows.ts'

/** The `queryClient` hook over a table of clients. */
export function createQueryClient(
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

/** The `queryToken` hook over a table of token credentials. */
export function createQueryToken(
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
    // Adopted tables may have a collation that ignores case or trailing spaces.
    return token?.oauthToken === oauthToken && token.clientId === clientId ? token : undefined
  }
}
