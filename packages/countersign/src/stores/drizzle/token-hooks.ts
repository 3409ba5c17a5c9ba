import { and, type Column, eq, isNull, lt, or } from 'drizzle-orm'
import type { TokenFilter } from '../../server/hooks.ts'
import type { TokenCredential, TokenUse } from '../../server/models.ts'
import { isStorable } from '../shared/column-text.ts'
import { canMatch, listedTokens } from '../shared/listed-tokens.ts'
import { discreet } from '../shared/redacted-errors.ts'
import { affected, type Builder, type DrizzleDatabase, exactly } from './database.ts'
import { createQueryToken, selectTokens } from './lookups.ts'
import { rowOf, userIdFor, withUser } from './rows.ts'
import {
  requireColumns,
  type TokenCredentialRow,
  type TokenCredentialTable,
  type UserTable,
} from './tables.ts'

/** The hooks that write and list token credentials. */
export interface TokenCredentialHooks<Row> {
  /** Inserts the token, and returns it as `queryToken` will, including columns with defaults. */
  createTokenCredential(credential: TokenCredential): Promise<Row>
  recordTokenUse(use: TokenUse): Promise<void>
  revokeToken(clientId: string, oauthToken: string): Promise<boolean>
  listTokens(filter: TokenFilter): Promise<readonly Row[]>
}

/** The hooks that write and list token credentials, each with its user where their table is given. */
export function tokenCredentialHooks<
  T extends TokenCredentialTable,
  U extends UserTable | undefined = undefined,
>(
  db: DrizzleDatabase,
  table: T,
  user?: U,
): TokenCredentialHooks<TokenCredentialRow<{ tokenCredential: T; user: U }>> {
  const queryToken = createQueryToken(db, table, user)
  const meant = (clientId: string, oauthToken: string) =>
    and(exactly(db, table, table.oauthToken, oauthToken), exactly(db, table, table.clientId, clientId))
  return {
    async createTokenCredential(credential) {
      await discreet(insertToken(db, table, credential))
      const created = await queryToken(credential.clientId, credential.oauthToken)
      if (created) return created
      throw new Error('The table does not return the token credential that was just inserted into it.')
    },

    async recordTokenUse({ clientId, oauthToken, lastUsedAt }) {
      requireColumns(table, { lastUsedAt })
      if (!isStorable(clientId) || !isStorable(oauthToken)) return
      const column = table.lastUsedAt as Column
      // Never backwards, because processes write in any order.
      const isLater = or(isNull(column), lt(column, lastUsedAt))
      await (db as Builder)
        .update(table)
        .set({ lastUsedAt })
        .where(and(meant(clientId, oauthToken), isLater))
    },

    async revokeToken(clientId, oauthToken) {
      if (!isStorable(clientId) || !isStorable(oauthToken)) return false
      const revocation = (db as Builder).delete(table).where(meant(clientId, oauthToken))
      return (await affected(revocation, table.oauthToken)) === 1
    },

    async listTokens(filter) {
      if (!canMatch(filter)) return []
      const { clientId, userId } = filter
      const rows = await selectTokens(db, table, user).where(
        and(
          clientId === undefined ? undefined : eq(table.clientId, clientId),
          userId === undefined ? undefined : eq(table.userId, userIdFor(table, userId)),
        ),
      )
      return listedTokens(rows.map(withUser), filter) as never
    },
  }
}

/** The statement that inserts a token credential. */
export function insertToken(
  db: DrizzleDatabase,
  table: TokenCredentialTable,
  credential: TokenCredential,
): Builder {
  requireColumns(table, credential)
  return (db as Builder).insert(table).values(rowOf(table, credential))
}
