import { DatabaseSync } from 'node:sqlite'
import {
  clientRow,
  kyselyHooks,
  nodeSqlite,
  type OAuth1Tables,
  withClientColumns,
  withTokenCredentialColumns,
} from 'countersign/kysely'
import { Kysely, SqliteDialect } from 'kysely'
import { client, token } from './credentials.ts'

interface SqliteStore {
  readonly db: Kysely<OAuth1Tables>
  readonly hooks: ReturnType<typeof kyselyHooks<OAuth1Tables>>
}

/** A database in memory with the client and the token of the bench. `log` is called for each query. */
export async function sqliteStore(log: () => void = () => {}): Promise<SqliteStore> {
  const dialect = new SqliteDialect({ database: nodeSqlite(new DatabaseSync(':memory:')) })
  const db = new Kysely<OAuth1Tables>({ dialect, log })
  await db.schema.createTable('oauth_client').$call(withClientColumns).execute()
  await db.schema
    .createTable('oauth_token_credential')
    .addColumn('user_id', 'integer')
    .$call(withTokenCredentialColumns)
    .execute()
  const hooks = kyselyHooks(db)
  await db.insertInto('oauth_client').values(clientRow(client)).execute()
  await hooks.createTokenCredential(token)
  return { db, hooks }
}
