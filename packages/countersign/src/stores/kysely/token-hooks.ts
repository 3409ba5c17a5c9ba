import type { Hooks } from '../../server/hooks.ts'
import type { TokenCredential } from '../../server/models.ts'
import { isStorable } from '../shared/column-text.ts'
import { canMatch, listedTokens } from '../shared/listed-tokens.ts'
import { discreet } from '../shared/redacted-errors.ts'
import { type AnyDatabase, defaultTables, exactly } from './database.ts'
import { queryTokenIn } from './lookups.ts'
import { credentialRow, tokenCredentialOf, userIdValue } from './rows.ts'

type TokenCredentialHooks = Required<
  Pick<Hooks, 'createTokenCredential' | 'recordTokenUse' | 'revokeToken' | 'listTokens'>
>

/** The hooks that write and list token credentials. A created token comes back as `queryToken` returns it. */
export function tokenCredentialHooks(
  db: AnyDatabase,
  table: string = defaultTables.tokenCredential,
): TokenCredentialHooks {
  const queryToken = queryTokenIn(db, table)
  return {
    async createTokenCredential(credential: TokenCredential) {
      await discreet(db.insertInto(table).values(credentialRow(credential)).execute())
      // Read back, for columns with defaults.
      const created = await queryToken(credential.clientId, credential.oauthToken)
      if (created) return created
      throw new Error(`${table} does not return the token credential that was just inserted into it.`)
    },

    async recordTokenUse({ clientId, oauthToken, lastUsedAt }) {
      if (!isStorable(clientId) || !isStorable(oauthToken)) return
      await db
        .updateTable(table)
        .set({ last_used_at: lastUsedAt })
        .where(exactly(db, 'oauth_token', oauthToken))
        .where(exactly(db, 'client_id', clientId))
        // Never backwards, because processes write in any order.
        .where((eb) => eb.or([eb('last_used_at', 'is', null), eb('last_used_at', '<', lastUsedAt)]))
        .execute()
    },

    async revokeToken(clientId, oauthToken) {
      if (!isStorable(clientId) || !isStorable(oauthToken)) return false
      const { numDeletedRows } = await db
        .deleteFrom(table)
        .where(exactly(db, 'oauth_token', oauthToken))
        .where(exactly(db, 'client_id', clientId))
        .executeTakeFirst()
      return numDeletedRows === 1n
    },

    async listTokens(filter) {
      if (!canMatch(filter)) return []
      const { clientId, userId } = filter
      let rows = db.selectFrom(table).selectAll()
      if (clientId !== undefined) rows = rows.where('client_id', '=', clientId)
      if (userId !== undefined) rows = rows.where('user_id', '=', userIdValue(userId))
      return listedTokens((await rows.execute()).map(tokenCredentialOf), filter)
    },
  }
}
