import { and, eq } from 'drizzle-orm'
import type { TokenFilter } from '../../server/hooks.ts'
import type { TokenCredential } from '../../server/models.ts'
import { isStorable, withoutNull } from '../shared/column-text.ts'
import { canMatch, listedTokens } from '../shared/listed-tokens.ts'
import { discreet } from '../shared/redacted-errors.ts'
import { affected, type Builder, type DrizzleDatabase, exactly } from './database.ts'
import { createQueryToken, selectTokens } from './lookups.ts'
import { withUser } from './rows.ts'
import type { TokenCredentialRow, TokenCredentialTable, UserTable } from './tables.ts'

/** The hooks that create, revoke and list token credentials. */
export interface TokenCredentialHooks<Row> {
  /** Inserts, and returns what `queryToken` will, columns with defaults included. */
  createTokenCredential(credential: TokenCredential): Promise<Row>
  revokeToken(clientId: string, oauthToken: string): Promise<boolean>
  listTokens(filter: TokenFilter): Promise<readonly Row[]>
}

/** The hooks that create, revoke and list token credentials, each with its user where their table is given. */
export function tokenCredentialHooks<
  T extends TokenCredentialTable,
  U extends UserTable | undefined = undefined,
>(
  db: DrizzleDatabase,
  table: T,
  user?: U,
): TokenCredentialHooks<TokenCredentialRow<{ tokenCredential: T; user: U }>> {
  const queryToken = createQueryToken(db, table, user)
  return {
    async createTokenCredential(credential) {
      await discreet(insertToken(db, table, credential))
      const created = await queryToken(credential.clientId, credential.oauthToken)
      if (created) return created
      throw new Error('The table does not return the token credential that was just inserted into it.')
    },

    async revokeToken(clientId, oauthToken) {
      if (!isStorable(clientId) || !isStorable(oauthToken)) return false
      const key = table.oauthToken
      const meant = and(exactly(db, table, key, oauthToken), exactly(db, table, table.clientId, clientId))
      return (await affected((db as Builder).delete(table).where(meant), key)) === 1
    },

    async listTokens(filter) {
      if (!canMatch(filter)) return []
      const { clientId, userId } = filter
      const rows = await selectTokens(db, table, user).where(
        and(
          clientId === undefined ? undefined : eq(table.clientId, clientId),
          userId === undefined ? undefined : eq(table.userId, userId),
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
  return (db as Builder).insert(table).values(withoutNull(credential))
}
