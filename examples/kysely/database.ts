import { DatabaseSync } from 'node:sqlite'
import {
  clientRow,
  createExpiryIndexes,
  createTokenExpiryIndex,
  nodeSqlite,
  type OAuth1ClientColumns,
  type OAuth1NonceColumns,
  type OAuth1TemporaryCredentialColumns,
  type OAuth1TokenCredentialColumns,
  retryWhenBusy,
  withClientColumns,
  withNonceColumns,
  withTemporaryCredentialColumns,
  withTokenCredentialColumns,
  withTokenLifeColumns,
} from 'countersign/kysely'
import { type Generated, Kysely, SqliteDialect } from 'kysely'

export interface Database {
  user: { id: string; name: string }
  oauth_client: OAuth1ClientColumns & { id: Generated<number>; name: string }
  oauth_temporary_credential: OAuth1TemporaryCredentialColumns & { user_id: string | null }
  oauth_token_credential: OAuth1TokenCredentialColumns & { id: Generated<number>; user_id: string | null }
  oauth_nonce: OAuth1NonceColumns
}

const file = new DatabaseSync(process.env['DATABASE_FILE'] ?? 'example.db')
const sqlite = new SqliteDialect({ database: nodeSqlite(file) })
export const db = new Kysely<Database>({ dialect: retryWhenBusy(sqlite) })

/** What a migration would do: create the tables, and here also the users and the client of the demonstration. */
export async function prepareDatabase(): Promise<void> {
  const tables = await db.introspection.getTables()
  if (tables.some(({ name }) => name === 'oauth_client')) return
  await db.schema
    .createTable('user')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('name', 'text', (column) => column.notNull())
    .execute()
  await db.schema
    .createTable('oauth_client')
    .addColumn('id', 'integer', (column) => column.primaryKey().autoIncrement())
    .addColumn('name', 'text', (column) => column.notNull())
    .$call(withClientColumns)
    .execute()
  await db.schema
    .createTable('oauth_temporary_credential')
    .addColumn('user_id', 'text', (column) => column.references('user.id').onDelete('cascade'))
    .$call(withTemporaryCredentialColumns)
    .execute()
  await db.schema
    .createTable('oauth_token_credential')
    .addColumn('id', 'integer', (column) => column.primaryKey().autoIncrement())
    .addColumn('user_id', 'text', (column) => column.references('user.id').onDelete('cascade'))
    .$call(withTokenCredentialColumns)
    .$call(withTokenLifeColumns)
    .execute()
  await db.schema.createTable('oauth_nonce').$call(withNonceColumns).execute()
  await createExpiryIndexes(db)
  await createTokenExpiryIndex(db)

  const users = [
    { id: 'ada', name: 'Ada' },
    { id: 'grace', name: 'Grace' },
  ]
  await db.insertInto('user').values(users).execute()
  const demo = {
    clientId: 'demo',
    clientSecret: 'demo-secret',
    callbacks: ['http://localhost:8080/callback'],
  }
  await db
    .insertInto('oauth_client')
    .values({ ...clientRow(demo), name: 'Demonstration' })
    .execute()
}
