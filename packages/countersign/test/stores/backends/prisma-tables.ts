import { prismaSchema } from 'countersign/prisma'
import type { PrismaProvider } from './prisma-generate.ts'

/** What `prisma migrate` writes for our models (it needs an engine that it downloads, so here it is by hand). */
export function createTables(provider: PrismaProvider): readonly string[] {
  const mysql = provider === 'mysql'
  const id = {
    sqlite: 'integer not null primary key autoincrement',
    postgresql: 'serial primary key',
    mysql: 'integer not null auto_increment primary key',
  }[provider]
  const name = mysql ? 'varchar(255)' : 'text'
  const callbacks = `default_redirect_uri text ${mysql ? '' : "not null default ''"}`
  const end = mysql ? 'default character set utf8mb4 collate utf8mb4_unicode_ci' : ''
  return [
    `create table users (id integer not null primary key, name ${name} not null) ${end}`,
    "insert into users values (7, 'Ada')",
    `create table oauth_client (
      id ${id}, client_id ${name} not null, client_secret text, ${callbacks}, rsa_public_key text,
      policy text
    ) ${end}`,
    'create unique index oauth_client_client_id_key on oauth_client (client_id)',
    `create table oauth_token_credential (
      id ${id}, client_id ${name} not null, oauth_token ${name} not null, oauth_token_secret text not null,
      user_id integer, scope text, expires_at bigint, last_used_at bigint
    ) ${end}`,
    'create unique index oauth_token_credential_oauth_token_key on oauth_token_credential (oauth_token)',
    'create index oauth_token_credential_client_id_idx on oauth_token_credential (client_id)',
    'create index oauth_token_credential_expires_at_idx on oauth_token_credential (expires_at)',
    `create table oauth_temporary_credential (
      id ${id}, client_id ${name} not null, oauth_token ${name} not null, oauth_token_secret text not null,
      oauth_callback text not null, oauth_verifier ${name}, user_id integer, scope text, expires_at bigint not null
    ) ${end}`,
    'create unique index oauth_temporary_credential_oauth_token_key on oauth_temporary_credential (oauth_token)',
    'create index oauth_temporary_credential_expires_at_idx on oauth_temporary_credential (expires_at)',
    `create table oauth_nonce (nonce_key ${mysql ? 'varchar(64)' : 'text'} not null primary key, expires_at bigint not null) ${end}`,
    'create index oauth_nonce_expires_at_idx on oauth_nonce (expires_at)',
    ...(mysql ? collationStatements() : []),
  ]
}

/** What the head of the MySQL models tells to put into the migration, in MariaDB's words. */
function collationStatements(): readonly string[] {
  const note = prismaSchema({ provider: 'mysql' }).matchAll(/^\/\/ {3}(.*)$/gm)
  const sql = [...note].map((line) => line[1]).join('\n')
  return sql
    .replaceAll('utf8mb4_0900_bin', 'utf8mb4_nopad_bin')
    .split(';')
    .filter((text) => text.trim() !== '')
}
