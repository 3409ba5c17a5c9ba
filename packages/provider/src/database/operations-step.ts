import { sql } from 'kysely'
import { identifier, isPostgres, withId } from './dialect.ts'
import type { Database } from './schema.ts'
import { belongsToClient, belongsToUser, createIndex } from './table-parts.ts'

/** Tables for running the provider in a company: roles, sign-in elsewhere, invitations, approval, audit, usage. */
export async function operations(db: Database): Promise<void> {
  await columns(db)
  await listIndexes(db)
  await accountTables(db)
  await clientTables(db)
  await auditTable(db)
  await sealingTable(db)
}

/** One statement each: SQLite adds one column at a time. */
async function columns({ schema }: Database): Promise<void> {
  await schema
    .alterTable('user')
    .addColumn('role', 'varchar(20)', (column) => column.notNull().defaultTo('user'))
    .execute()
  for (const table of ['user', 'oauth_token_credential'])
    await schema.alterTable(table).addColumn('suspended_at', 'bigint').execute()
  for (const column of ['created_at', 'last_seen_at'])
    await schema.alterTable('session').addColumn(column, 'bigint').execute()
  await schema.alterTable('session').addColumn('browser', 'varchar(60)').execute()
  await schema
    .alterTable('oauth_client')
    .addColumn('status', 'varchar(20)', (column) => column.notNull().defaultTo('approved'))
    .execute()
  await schema.alterTable('oauth_client').addColumn('verified_at', 'bigint').execute()
  for (const column of ['description', 'homepage', 'previous_secret', 'owner_policy'])
    await schema.alterTable('oauth_client').addColumn(column, 'text').execute()
  await schema.alterTable('oauth_client').addColumn('previous_secret_until', 'bigint').execute()
}

/** Indexes for the administrators' lists. */
async function listIndexes(db: Database): Promise<void> {
  const indexes = [
    ['user', 'role'],
    ['user', 'suspended_at'],
    ['oauth_client', 'status', 'id'],
    ['recent_request', 'outcome', 'at_milliseconds'],
    ['oauth_token_credential', 'created_at', 'oauth_token'],
    ['oauth_token_credential', 'client_id', 'created_at', 'oauth_token'],
  ]
  for (const [table = '', ...columns] of indexes)
    await db.schema.createIndex(`${table}_by_${columns[0]}`).on(table).columns(columns).execute()
  // Other databases compare names byte for byte, so their own index serves.
  if (isPostgres(db)) await sql`create index user_by_name on "user" (name collate "C")`.execute(db)
}

async function accountTables(db: Database): Promise<void> {
  await db.schema
    .createTable('identity')
    .addColumn('key', identifier, (column) => column.primaryKey())
    .addColumn('user_id', 'integer', (column) => column.notNull())
    .addColumn('issuer', 'text', (column) => column.notNull())
    .addColumn('subject', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .$call((table) => belongsToUser(table, 'identity_user', 'user_id'))
    .execute()
  await createIndex(db, 'identity', 'user_id')
  await db.schema
    .createTable('invitation')
    .addColumn('code_hash', identifier, (column) => column.primaryKey())
    .addColumn('note', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .execute()
  await createIndex(db, 'invitation', 'expires_at')
}

async function clientTables(db: Database): Promise<void> {
  await db.schema
    .createTable('logo')
    .addColumn('client_id', identifier, (column) => column.primaryKey())
    .addColumn('digest', 'varchar(64)', (column) => column.notNull())
    .addColumn('png_base64', 'text', (column) => column.notNull())
    .$call((table) => belongsToClient(table, 'logo_client'))
    .execute()
  await db.schema
    .createTable('client_usage')
    .addColumn('client_id', identifier, (column) => column.notNull())
    .addColumn('day', 'integer', (column) => column.notNull())
    .addColumn('signature_method', 'varchar(60)', (column) => column.notNull())
    .addColumn('place', 'varchar(20)', (column) => column.notNull())
    .addColumn('accepted', 'bigint', (column) => column.notNull())
    .addColumn('refused', 'bigint', (column) => column.notNull())
    .addColumn('last_at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('client_usage_key', ['client_id', 'day', 'signature_method', 'place'])
    .$call((table) => belongsToClient(table, 'client_usage_client'))
    .execute()
  await createIndex(db, 'client_usage', 'day')
}

/** The names of the keys that secrets were sealed with, not the keys. */
async function sealingTable({ schema }: Database): Promise<void> {
  await schema
    .createTable('sealing_key')
    .addColumn('id', identifier, (column) => column.primaryKey())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .execute()
}

/** Without foreign keys: the record of an act outlives its actor. */
async function auditTable(db: Database): Promise<void> {
  await db.schema
    .createTable('audit_event')
    .$call(withId(db))
    .addColumn('at_milliseconds', 'bigint', (column) => column.notNull())
    .addColumn('action', 'varchar(60)', (column) => column.notNull())
    .addColumn('actor_kind', 'varchar(20)', (column) => column.notNull())
    .addColumn('actor_id', identifier)
    .addColumn('actor_name', identifier)
    .addColumn('subject_kind', 'varchar(20)')
    .addColumn('subject_id', identifier)
    .addColumn('subject_name', identifier)
    .addColumn('network', 'varchar(64)')
    .addColumn('request_id', 'varchar(64)')
    .addColumn('details', 'text')
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .execute()
  // Lists are read newest first, by the single column that they are filtered by.
  for (const column of ['action', 'actor_id', 'actor_name', 'subject_id', 'subject_name'])
    await db.schema
      .createIndex(`audit_event_${column}`)
      .on('audit_event')
      .columns([column, 'at_milliseconds', 'id'])
      .execute()
  await db.schema
    .createIndex('audit_event_newest')
    .on('audit_event')
    .columns(['at_milliseconds', 'id'])
    .execute()
  await createIndex(db, 'audit_event', 'expires_at')
}
