import { and, eq, type SQL } from 'drizzle-orm'
import { isStorable } from '../shared/column-text.ts'
import type { Builder, DrizzleDatabase } from './database.ts'
import { exactToken } from './rows.ts'
import type { ClientTable, TokenCredentialRow, TokenCredentialTable, UserTable } from './tables.ts'

/** The `queryClient` hook over a table of clients: returns the whole row. */
export function createQueryClient<C extends ClientTable>(
  db: DrizzleDatabase,
  table: C,
): (clientId: string) => Promise<C['$inferSelect'] | undefined> {
  return async (clientId) => {
    if (!isStorable(clientId)) return undefined
    const [client] = await (db as Builder).select().from(table).where(eq(table.clientId, clientId))
    return client?.clientId === clientId ? client : undefined
  }
}

/**
 * The `queryToken` hook over a table of token credentials: returns the whole row and, if the table of users is given,
 * the credential's user, loaded in the same query.
 *
 * @example
 * ```ts
 * server.registerHook('queryToken', createQueryToken(db, tokenCredential, user))
 * ```
 */
export function createQueryToken<T extends TokenCredentialTable, U extends UserTable | undefined = undefined>(
  db: DrizzleDatabase,
  table: T,
  user?: U,
): (
  clientId: string,
  oauthToken: string,
) => Promise<TokenCredentialRow<{ tokenCredential: T; user: U }> | undefined> {
  return async (clientId, oauthToken) => {
    if (!isStorable(clientId) || !isStorable(oauthToken)) return undefined
    const [row] = await selectTokens(db, table, user).where(whereToken(table, clientId, oauthToken))
    return exactToken(clientId, oauthToken, row)
  }
}

/** The `queryClientAndToken` hook: both rows, and the user if their table is given, in one query. */
export function createQueryClientAndToken(
  db: DrizzleDatabase,
  client: ClientTable,
  token: TokenCredentialTable,
  user?: UserTable,
): (clientId: string, oauthToken: string) => Promise<{ client?: Builder; token?: Builder }> {
  const queryClient = createQueryClient(db, client)
  return async (clientId, oauthToken) => {
    if (!isStorable(oauthToken)) return { client: await queryClient(clientId) }
    if (!isStorable(clientId)) return {}
    const found = (db as Builder)
      .select(user ? { client, token, user } : { client, token })
      .from(client)
      // Both conditions use the request's values, because columns of different collations cannot be compared.
      .leftJoin(token, and(eq(token.oauthToken, oauthToken), eq(token.clientId, clientId)))
    const [row] = await (user ? found.leftJoin(user, eq(user.id, token.userId)) : found).where(
      eq(client.clientId, clientId),
    )
    return {
      client: row?.client.clientId === clientId ? row.client : undefined,
      token: exactToken(clientId, oauthToken, row),
    }
  }
}

/** All tokens, each as `token`, with its `user` if the users' table is given. */
export function selectTokens(db: DrizzleDatabase, table: TokenCredentialTable, user?: UserTable): Builder {
  const found = (db as Builder).select(user ? { token: table, user } : { token: table }).from(table)
  return user ? found.leftJoin(user, eq(user.id, table.userId)) : found
}

export function whereToken(
  table: TokenCredentialTable,
  clientId: string,
  oauthToken: string,
): SQL | undefined {
  return and(eq(table.oauthToken, oauthToken), eq(table.clientId, clientId))
}
