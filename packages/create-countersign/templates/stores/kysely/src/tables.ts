import {
  createExpiryIndexes,
  createTokenExpiryIndex,
  type OAuth1Tables,
  withClientColumns,
  withNonceColumns,
  withPolicyColumn,
  withTemporaryCredentialColumns,
  withTokenCredentialColumns,
  withTokenLifeColumns,
} from 'countersign/kysely'
import type { Kysely } from 'kysely'

/**
 * Creates the tables where they are missing. For development: in production this is a migration. `user_id` has the type of
 * your users' identifier; let it reference your table of users. Add columns of your own as you like.
 */
export async function createTables(db: Kysely<OAuth1Tables>): Promise<void> {
  const tables = await db.introspection.getTables()
  if (tables.some(({ name }) => name === 'oauth_nonce')) return
  await db.schema.createTable('oauth_client').$call(withClientColumns).$call(withPolicyColumn).execute()
  await db.schema
    .createTable('oauth_temporary_credential')
    .addColumn('user_id', 'varchar(255)')
    .$call(withTemporaryCredentialColumns)
    .execute()
  await db.schema
    .createTable('oauth_token_credential')
    .addColumn('user_id', 'varchar(255)')
    .$call(withTokenCredentialColumns)
    .$call(withTokenLifeColumns)
    .execute()
  await db.schema.createTable('oauth_nonce').$call(withNonceColumns).execute()
  await createExpiryIndexes(db)
  await createTokenExpiryIndex(db)
}
