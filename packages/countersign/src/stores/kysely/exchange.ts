import type { Hooks } from '../../server/hooks.ts'
import type { AnyDatabase, TableNames } from './database.ts'
import { temporaryCredentialHooks } from './temporary-hooks.ts'
import { tokenCredentialHooks } from './token-hooks.ts'

/**
 * The `exchangeTemporaryCredential` hook: a `delete` and an `insert` in one transaction. A failure in between rolls
 * back the `delete`, so that no approval is lost.
 */
export function createExchange(
  db: AnyDatabase,
  tables: Required<Pick<TableNames, 'temporaryCredential' | 'tokenCredential'>>,
  now?: () => number,
): NonNullable<Hooks['exchangeTemporaryCredential']> {
  return async (oauthToken, credential) => {
    const exchange = async (transaction: AnyDatabase) => {
      const temporary = temporaryCredentialHooks(transaction, tables.temporaryCredential, now)
      const tokens = tokenCredentialHooks(transaction, tables.tokenCredential)
      const isSpent = await temporary.consumeTemporaryCredential(oauthToken)
      return isSpent ? tokens.createTokenCredential(credential) : undefined
    }
    return db.isTransaction ? exchange(db) : db.transaction().execute(exchange)
  }
}
