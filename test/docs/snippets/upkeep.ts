import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import {
  createExpiryIndexes,
  kyselyHooks,
  nodeSqlite,
  type OAuth1Tables,
  sweepExpired,
  withNonceColumns,
  withTemporaryCredentialColumns,
} from 'countersign/kysely'
import { Kysely, SqliteDialect } from 'kysely'

const db = new Kysely<OAuth1Tables>({
  dialect: new SqliteDialect({ database: nodeSqlite(new DatabaseSync(':memory:')) }),
})
await db.schema.createTable('oauth_nonce').$call(withNonceColumns).execute()
await db.schema
  .createTable('oauth_temporary_credential')
  .addColumn('user_id', 'integer')
  .$call(withTemporaryCredentialColumns)
  .execute()
await createExpiryIndexes(db)
const { recordNonce } = kyselyHooks(db)
const now = Math.floor(Date.now() / 1000)
for (let n = 0; n < 1500; n++)
  await recordNonce({ clientId: 'c', oauthToken: 't', timestamp: n, nonce: 'n', expiresAt: now - 100 })
await recordNonce({ clientId: 'c', oauthToken: 't', timestamp: now, nonce: 'n', expiresAt: now + 300 })

let swept: number
do swept = await sweepExpired(db, { limit: 1000 })
while (swept === 1000)

const rows = await db.selectFrom('oauth_nonce').selectAll().execute()
assert.equal(rows.length, 1)
await db.destroy()
