import {
  createExpiryIndexes,
  createTokenExpiryIndex,
  withClientColumns,
  withNonceColumns,
  withTemporaryCredentialColumns,
  withTokenCredentialColumns,
} from 'countersign/kysely'
import type { Migration } from 'kysely/migration'
import { bridge } from './bridge-step.ts'
import { identifier, nowOf, withId } from './dialect.ts'
import { operations } from './operations-step.ts'
import type { Database } from './schema.ts'
import { signings } from './signings-step.ts'
import { belongsToClient, belongsToUser, createIndex } from './table-parts.ts'

/**
 * The migrations of the schema, in the order of their names; a released one is never changed, only followed by another.
 */
export const migrations: Readonly<Record<string, Migration>> = {
  '0001_first_tables': { up: firstTables },
  '0002_decisions_and_flashes': { up: decisionsAndFlashes },
  '0003_policy': { up: policy },
  '0004_recent_requests': { up: recentRequests },
  '0005_token_life': { up: tokenLife },
  '0006_operations': { up: operations },
  '0007_signings': { up: signings },
  '0008_bridge': { up: bridge },
}

async function firstTables(db: Database): Promise<void> {
  const { schema } = db
  await schema
    .createTable('user')
    .$call(withId(db))
    .addColumn('name', identifier, (column) => column.notNull().unique())
    .addColumn('password_hash', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .execute()
  await schema
    .createTable('session')
    .addColumn('token_hash', identifier, (column) => column.primaryKey())
    .addColumn('user_id', 'integer', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .$call((table) => belongsToUser(table, 'session_user', 'user_id'))
    .execute()
  await schema.createIndex('session_expires_at').on('session').column('expires_at').execute()
  await schema
    .createTable('oauth_client')
    .$call(withId(db))
    .$call(withClientColumns)
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('owner_id', 'integer')
    .addColumn('created_at', 'bigint', (column) => column.notNull().defaultTo(nowOf(db)))
    .$call((table) => belongsToUser(table, 'client_owner', 'owner_id'))
    .execute()
  await schema
    .createTable('oauth_temporary_credential')
    .$call(withTemporaryCredentialColumns)
    .addColumn('user_id', 'integer')
    .$call((table) => belongsToUser(table, 'temporary_credential_user', 'user_id'))
    .$call((table) => belongsToClient(table, 'temporary_credential_client'))
    .execute()
  await schema
    .createTable('oauth_token_credential')
    .$call(withTokenCredentialColumns)
    .addColumn('user_id', 'integer')
    .addColumn('created_at', 'bigint', (column) => column.notNull().defaultTo(nowOf(db)))
    .$call((table) => belongsToUser(table, 'token_credential_user', 'user_id'))
    .$call((table) => belongsToClient(table, 'token_credential_client'))
    .execute()
  await schema.createTable('oauth_nonce').$call(withNonceColumns).execute()
  await createExpiryIndexes(db)
  for (const [table, column] of ownerColumns) await createIndex(db, table, column)
}

/** Decisions on requests, and messages that the next page shows once. */
async function decisionsAndFlashes(db: Database): Promise<void> {
  await db.schema
    .createTable('decision')
    .addColumn('oauth_token', identifier, (column) => column.primaryKey())
    .addColumn('client_id', identifier, (column) => column.notNull())
    .addColumn('user_id', 'integer', (column) => column.notNull())
    .addColumn('allowed', 'integer', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .$call((table) => belongsToUser(table, 'decision_user', 'user_id'))
    .$call((table) => belongsToClient(table, 'decision_client'))
    .execute()
  await db.schema
    .createTable('flash')
    .addColumn('key', identifier, (column) => column.primaryKey())
    .addColumn('sealed', 'text', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .execute()
  for (const column of ['client_id', 'user_id', 'expires_at']) await createIndex(db, 'decision', column)
  await createIndex(db, 'flash', 'expires_at')
}

/** The policies of single clients. */
async function policy({ schema }: Database): Promise<void> {
  await schema.alterTable('oauth_client').addColumn('policy', 'text').execute()
}

/** The recent requests that owners of clients see. */
async function recentRequests(db: Database): Promise<void> {
  await db.schema
    .createTable('recent_request')
    .addColumn('request_id', identifier, (column) => column.primaryKey())
    .addColumn('client_id', identifier, (column) => column.notNull())
    .addColumn('at_milliseconds', 'bigint', (column) => column.notNull())
    .addColumn('outcome', 'varchar(20)', (column) => column.notNull())
    .addColumn('endpoint', 'varchar(20)', (column) => column.notNull())
    .addColumn('method', 'text', (column) => column.notNull())
    .addColumn('path', 'text', (column) => column.notNull())
    .addColumn('code', 'text')
    .addColumn('cause', 'text')
    .addColumn('details', 'text')
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .$call((table) => belongsToClient(table, 'recent_request_client'))
    .execute()
  await db.schema
    .createIndex('recent_request_newest')
    .on('recent_request')
    .columns(['client_id', 'outcome', 'at_milliseconds'])
    .execute()
  await createIndex(db, 'recent_request', 'expires_at')
}

/** When a token ends, and when it was last used: for policies that limit either. */
async function tokenLife(db: Database): Promise<void> {
  // One statement each: SQLite adds one column at a time.
  for (const column of ['expires_at', 'last_used_at'])
    await db.schema.alterTable('oauth_token_credential').addColumn(column, 'bigint').execute()
  await createTokenExpiryIndex(db)
}

/** Indexes for rows that are found by their owner, to list or delete them. */
const ownerColumns = [
  ['session', 'user_id'],
  ['oauth_client', 'owner_id'],
  ['oauth_temporary_credential', 'client_id'],
  ['oauth_temporary_credential', 'user_id'],
  ['oauth_token_credential', 'client_id'],
  ['oauth_token_credential', 'user_id'],
] as const
