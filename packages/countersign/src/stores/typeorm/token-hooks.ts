import type { DataSource, EntityTarget, InsertQueryBuilder, ObjectLiteral } from 'typeorm'
import { StoreError } from '../../errors.ts'
import type { Hooks } from '../../server/hooks.ts'
import type { Client, TokenCredential } from '../../server/models.ts'
import { withoutNull } from '../shared/column-text.ts'
import { canMatch, listedTokens } from '../shared/listed-tokens.ts'
import { discreet } from '../shared/redacted-errors.ts'
import { createQueryToken } from './lookups.ts'
import { insertQuery, requireColumns } from './rows.ts'

/** The hooks that write and list token credentials. A created token comes back as `queryToken` returns it. */
export function tokenCredentialHooks<T extends TokenCredential>(
  dataSource: Pick<DataSource, 'manager'>,
  tokenCredential: EntityTarget<T>,
): Required<
  Pick<Hooks<Client, T>, 'createTokenCredential' | 'recordTokenUse' | 'revokeToken' | 'listTokens'>
> {
  const queryToken = createQueryToken(dataSource, tokenCredential)
  return {
    async createTokenCredential(credential) {
      await discreet(insertToken(dataSource, tokenCredential, credential).execute())
      const created = await queryToken(credential.clientId, credential.oauthToken)
      if (created) return created
      throw new StoreError('The token credential was stored, but the query for tokens does not find it.')
    },

    async recordTokenUse({ clientId, oauthToken, lastUsedAt }) {
      requireColumns(dataSource, tokenCredential, { lastUsedAt })
      // Compared exactly first, because a collation may not do so.
      if ((await queryToken(clientId, oauthToken)) === undefined) return
      await dataSource.manager
        .createQueryBuilder()
        .update<ObjectLiteral>(tokenCredential)
        .set({ lastUsedAt })
        // Never backwards, because processes write in any order.
        .where(
          'oauthToken = :oauthToken and clientId = :clientId and (lastUsedAt is null or lastUsedAt < :usedAt)',
          { clientId, oauthToken, usedAt: lastUsedAt },
        )
        .execute()
    },

    async revokeToken(clientId, oauthToken) {
      // Compared exactly first, because a collation may not do so. The DELETE decides which of several callers revokes
      // it.
      if ((await queryToken(clientId, oauthToken)) === undefined) return false
      const { affected } = await dataSource.manager
        .createQueryBuilder()
        .delete()
        .from<ObjectLiteral>(tokenCredential)
        .where('oauthToken = :oauthToken and clientId = :clientId', { clientId, oauthToken })
        .execute()
      return affected === 1
    },

    async listTokens(filter) {
      if (!canMatch(filter)) return []
      const { clientId, userId } = filter
      const where = {
        ...(clientId === undefined ? {} : { clientId }),
        ...(userId === undefined ? {} : { userId }),
      }
      const rows = await dataSource.manager.findBy<ObjectLiteral>(tokenCredential, where)
      return listedTokens(rows as T[], filter)
    },
  }
}

/** The INSERT of a token credential. */
export function insertToken<T extends TokenCredential>(
  dataSource: Pick<DataSource, 'manager'>,
  tokenCredential: EntityTarget<T>,
  credential: TokenCredential,
): InsertQueryBuilder<T> {
  const { clientId, oauthToken, oauthTokenSecret, userId = null, scope = null } = credential
  const { expiresAt, lastUsedAt } = credential
  requireColumns(dataSource, tokenCredential, credential)
  const row = { clientId, oauthToken, oauthTokenSecret, userId, scope }
  return insertQuery(dataSource, tokenCredential, { ...row, ...withoutNull({ expiresAt, lastUsedAt }) })
}
