import { createExpiryIndexes, withNonceColumns, withTemporaryCredentialColumns } from 'countersign/kysely'
import { db } from './database.ts'

await db.schema
  .createTable('oauth_temporary_credential')
  .addColumn('user_id', 'integer')
  .$call(withTemporaryCredentialColumns)
  .execute()
await db.schema.createTable('oauth_nonce').$call(withNonceColumns).execute()
await createExpiryIndexes(db)
await db.destroy()
console.log('The two new tables are there.')
