import type { DataSource, EntityTarget, InsertQueryBuilder, ObjectLiteral } from 'typeorm'
import { StoreError } from '../../errors.ts'
import type { Hooks } from '../../server/hooks.ts'
import type { Client, TokenCredential } from '../../server/models.ts'
import { canMatch, listedTokens } from '../shared/listed-tokens.ts'
import { discreet } from '../shared/redacted-errors.ts'
import { createQueryToken } from './lookups.ts'
import { insertQuery } from './rows.ts'

/** The hooks that create, revoke and list token credentials. What is created comes back as `queryToken` returns it. */
export function tokenCredentialHooks<T extends TokenCredential>(
  dataSource: Pick<DataSource, 'manager'>,
  tokenCredential: EntityTarget<T>,
): Required<Pick<Hooks<Client, T>, 'createTokenCredential' | 'revokeToken' | 'listTokens'>> {
  const queryToken = createQueryToken(dataSource, tokenCredential)
  return {
    async createTokenCredential(credential) {
      await discreet(insertToken(dataSource, tokenCredential, credential).execute())
      const created = await queryToken(credential.clientId, credential.oauthToken)
      if (created) return created
      throw new StoreError('The token credential was stored, but the query for tokens does not find it.')
    },

    async revokeToken(clientId, oauthToken) {
      // Compared exactly first, which a collation may not do. Which of several callers ends it, the DELETE decides.
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
  { clientId, oauthToken, oauthTokenSecret, userId = null, scope = null }: TokenCredential,
): InsertQueryBuilder<T> {
  return insertQuery(dataSource, tokenCredential, { clientId, oauthToken, oauthTokenSecret, userId, scope })
}
