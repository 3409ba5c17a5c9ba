import {
  createExpiryIndexes,
  withClientColumns,
  withNonceColumns,
  withTemporaryCredentialColumns,
  withTokenCredentialColumns,
} from 'countersign/kysely'
import { type CreateTableBuilder, sql } from 'kysely'
import type { Database } from './schema.ts'

/** The steps that make the schema; a released one is never changed, only followed by another. */
export const migrations: readonly ((db: Database) => Promise<void>)[] = [firstTables, decisionsAndFlashes]

const now = sql`(unixepoch())`

async function firstTables(db: Database): Promise<void> {
  const { schema } = db
  await schema
    .createTable('user')
    .addColumn('id', 'integer', (column) => column.primaryKey().autoIncrement())
    .addColumn('name', 'text', (column) => column.notNull().unique())
    .addColumn('password_hash', 'text', (column) => column.notNull())
    .addColumn('created_at', 'integer', (column) => column.notNull())
    .execute()
  await schema
    .createTable('session')
    .addColumn('token_hash', 'text', (column) => column.primaryKey())
    .addColumn('user_id', 'integer', (column) => column.notNull().references('user.id').onDelete('cascade'))
    .addColumn('expires_at', 'integer', (column) => column.notNull())
    .execute()
  await schema.createIndex('session_expires_at').on('session').column('expires_at').execute()
  await schema
    .createTable('oauth_client')
    .addColumn('id', 'integer', (column) => column.primaryKey().autoIncrement())
    .$call(withClientColumns)
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('owner_id', 'integer', (column) => column.references('user.id').onDelete('cascade'))
    .addColumn('created_at', 'integer', (column) => column.notNull().defaultTo(now))
    .execute()
  await schema
    .createTable('oauth_temporary_credential')
    .$call(withTemporaryCredentialColumns)
    .addColumn('user_id', 'integer', (column) => column.references('user.id').onDelete('cascade'))
    .$call((table) => belongsToClient(table, 'temporary_credential_client'))
    .execute()
  await schema
    .createTable('oauth_token_credential')
    .$call(withTokenCredentialColumns)
    .addColumn('user_id', 'integer', (column) => column.references('user.id').onDelete('cascade'))
    .addColumn('created_at', 'integer', (column) => column.notNull().defaultTo(now))
    .$call((table) => belongsToClient(table, 'token_credential_client'))
    .execute()
  await schema.createTable('oauth_nonce').$call(withNonceColumns).execute()
  await createExpiryIndexes(db)
  for (const [table, column] of ownerColumns) {
    await schema.createIndex(`${table}_${column}`).on(table).column(column).execute()
  }
}

/** What was decided about a request, and what the next page says once. */
async function decisionsAndFlashes({ schema }: Database): Promise<void> {
  await schema
    .createTable('decision')
    .addColumn('oauth_token', 'text', (column) => column.primaryKey())
    .addColumn('client_id', 'text', (column) => column.notNull())
    .addColumn('user_id', 'integer', (column) => column.notNull().references('user.id').onDelete('cascade'))
    .addColumn('allowed', 'integer', (column) => column.notNull())
    .addColumn('expires_at', 'integer', (column) => column.notNull())
    .$call((table) => belongsToClient(table, 'decision_client'))
    .execute()
  await schema
    .createTable('flash')
    .addColumn('key', 'text', (column) => column.primaryKey())
    .addColumn('sealed', 'text', (column) => column.notNull())
    .addColumn('expires_at', 'integer', (column) => column.notNull())
    .execute()
  for (const [table, column] of [
    ['decision', 'client_id'],
    ['decision', 'user_id'],
    ['decision', 'expires_at'],
    ['flash', 'expires_at'],
  ] as const) {
    await schema.createIndex(`${table}_${column}`).on(table).column(column).execute()
  }
}

/** What is looked up by its owner, and what falls with it. */
const ownerColumns = [
  ['session', 'user_id'],
  ['oauth_client', 'owner_id'],
  ['oauth_temporary_credential', 'client_id'],
  ['oauth_temporary_credential', 'user_id'],
  ['oauth_token_credential', 'client_id'],
  ['oauth_token_credential', 'user_id'],
] as const

/** A deleted client takes its credentials with it. */
function belongsToClient<T extends string, C extends string>(
  table: CreateTableBuilder<T, C | 'client_id'>,
  name: string,
): CreateTableBuilder<T, C | 'client_id'> {
  return table.addForeignKeyConstraint(name, ['client_id'], 'oauth_client', ['client_id'], (key) =>
    key.onDelete('cascade'),
  )
}
