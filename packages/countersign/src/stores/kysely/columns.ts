import type { ColumnType, CreateTableBuilder, Expression, Generated } from 'kysely'
import type { UserId } from '../../server/models.ts'

/** The columns of a client, for your own table interface to extend. */
export interface OAuth1ClientColumns {
  /** Unique. */
  client_id: string
  client_secret: string | null
  /** The registered callbacks, separated by white space. */
  default_redirect_uri: Generated<string>
  /** PEM text, or a JWK as JSON. Only for clients that sign with RSA; the column may be missing. */
  rsa_public_key?: string | null
  /** This client's own policy, a `ClientPolicy` as JSON. The column may be missing. */
  policy?: string | null
}

/** The columns of a temporary credential. `user_id` has the type of your users' identifier. */
export interface OAuth1TemporaryCredentialColumns {
  client_id: string
  /** Unique. */
  oauth_token: string
  oauth_token_secret: string
  oauth_callback: string
  oauth_verifier: string | null
  user_id: UserId | null
  scope: string | null
  /** Seconds since 1970. (PostgreSQL's driver reads its 64-bit integers as text.) */
  expires_at: ColumnType<number | string, number, number>
}

/** The columns of a token credential. `user_id` has the type of your users' identifier. */
export interface OAuth1TokenCredentialColumns {
  client_id: string
  /** Unique. */
  oauth_token: string
  oauth_token_secret: string
  user_id: UserId | null
  /** Only if you use scopes; the column may be missing. */
  scope?: string | null
  /** Seconds since 1970. Only if a policy limits the life of tokens; the column may be missing. */
  expires_at?: OptionalSeconds
  /** Seconds since 1970. Only if a policy limits how long a token may go unused; the column may be missing. */
  last_used_at?: OptionalSeconds
}

type OptionalSeconds = ColumnType<number | string | null, number | null | undefined, number | null>

/** The columns of a nonce. */
export interface OAuth1NonceColumns {
  /** The primary key: `nonceKey(record)`, derived from client, token, timestamp and nonce. */
  nonce_key: string
  /** Seconds since 1970. */
  expires_at: ColumnType<number | string, number, number>
}

/** The columns that record what a token was exchanged for (`countersign/bridge`). */
export interface OAuth1TokenGrantColumns {
  /** Unique. */
  oauth_token: string
  client_id: string
  /** The grant whose tokens are valid. */
  grant_id: string | null
  /** Grants of exchanges that have not ended, separated by spaces. */
  pending: string
  /** Grants whose tokens must be revoked, separated by spaces. */
  outdated: string
  /** Counts the writes. */
  version: number
}

/** The four tables under their default names. */
export interface OAuth1Tables {
  oauth_client: OAuth1ClientColumns
  oauth_temporary_credential: OAuth1TemporaryCredentialColumns
  oauth_token_credential: OAuth1TokenCredentialColumns
  oauth_nonce: OAuth1NonceColumns
}

type AnyBuilder<T extends string> = CreateTableBuilder<T, never>

/**
 * Adds the client columns to a table that is being created.
 *
 * @example
 * ```ts
 * await db.schema.createTable('oauth_client')
 *   .addColumn('id', 'integer', (column) => column.primaryKey())
 *   .$call(withClientColumns)
 *   .execute()
 * ```
 */
export function withClientColumns<T extends string, C extends string>(
  builder: CreateTableBuilder<T, C>,
): CreateTableBuilder<T, C | Exclude<keyof OAuth1ClientColumns, 'policy'>> {
  return (builder as AnyBuilder<T>)
    .addColumn('client_id', identifier, (column) => column.notNull().unique())
    .addColumn('client_secret', 'text')
    .addColumn('default_redirect_uri', 'text', (column) =>
      // In parentheses, because MySQL accepts no other default for a text column.
      column.notNull().defaultTo(raw("('')")),
    )
    .addColumn('rsa_public_key', 'text') as CreateTableBuilder<T, never>
}

/**
 * Adds the column of a client's own policy to a table that is being created. It is a separate step, so that an existing
 * migration still creates the same table.
 *
 * @example
 * ```ts
 * await db.schema.createTable('oauth_client').$call(withClientColumns).$call(withPolicyColumn).execute()
 * ```
 */
export function withPolicyColumn<T extends string, C extends string>(
  builder: CreateTableBuilder<T, C>,
): CreateTableBuilder<T, C | 'policy'> {
  return (builder as AnyBuilder<T>).addColumn('policy', 'text') as CreateTableBuilder<T, never>
}

/**
 * Adds the columns of temporary credentials, except `user_id`, which has the type of your users' key and references it.
 */
export function withTemporaryCredentialColumns<T extends string, C extends string>(
  builder: CreateTableBuilder<T, C>,
): CreateTableBuilder<T, C | Exclude<keyof OAuth1TemporaryCredentialColumns, 'user_id'>> {
  return (builder as AnyBuilder<T>)
    .addColumn('client_id', identifier, (column) => column.notNull())
    .addColumn('oauth_token', identifier, (column) => column.notNull().unique())
    .addColumn('oauth_token_secret', 'text', (column) => column.notNull())
    .addColumn('oauth_callback', 'text', (column) => column.notNull())
    .addColumn('oauth_verifier', identifier)
    .addColumn('scope', 'text')
    .addColumn('expires_at', 'bigint', (column) => column.notNull()) as CreateTableBuilder<T, never>
}

/** Adds the columns of token credentials, except `user_id`, which has the type of your users' key and references it. */
export function withTokenCredentialColumns<T extends string, C extends string>(
  builder: CreateTableBuilder<T, C>,
): CreateTableBuilder<T, C | Exclude<keyof OAuth1TokenCredentialColumns, 'user_id' | LifeColumn>> {
  return (builder as AnyBuilder<T>)
    .addColumn('client_id', identifier, (column) => column.notNull())
    .addColumn('oauth_token', identifier, (column) => column.notNull().unique())
    .addColumn('oauth_token_secret', 'text', (column) => column.notNull())
    .addColumn('scope', 'text') as CreateTableBuilder<T, never>
}

type LifeColumn = 'expires_at' | 'last_used_at'

/**
 * Adds the columns that a policy with `tokenLifetimeSeconds` or `tokenIdleSeconds` needs, to a table of token
 * credentials that is being created. It is a separate step, so that an existing migration still creates the same table.
 *
 * @example
 * ```ts
 * await db.schema.createTable('oauth_token_credential')
 *   .$call(withTokenCredentialColumns)
 *   .$call(withTokenLifeColumns)
 *   .execute()
 * await createTokenExpiryIndex(db)
 * ```
 */
export function withTokenLifeColumns<T extends string, C extends string>(
  builder: CreateTableBuilder<T, C>,
): CreateTableBuilder<T, C | LifeColumn> {
  return (builder as AnyBuilder<T>)
    .addColumn('expires_at', 'bigint')
    .addColumn('last_used_at', 'bigint') as CreateTableBuilder<T, never>
}

/** Adds the columns of nonces. */
export function withNonceColumns<T extends string, C extends string>(
  builder: CreateTableBuilder<T, C>,
): CreateTableBuilder<T, C | keyof OAuth1NonceColumns> {
  return (builder as AnyBuilder<T>)
    .addColumn('nonce_key', identifier, (column) => column.primaryKey())
    .addColumn('expires_at', 'bigint', (column) => column.notNull()) as CreateTableBuilder<T, never>
}

/**
 * Adds the columns that record what tokens were exchanged for. Only for `countersign/bridge`.
 *
 * @example
 * ```ts
 * await db.schema.createTable('oauth_token_grant').$call(withTokenGrantColumns).execute()
 * ```
 */
export function withTokenGrantColumns<T extends string, C extends string>(
  builder: CreateTableBuilder<T, C>,
): CreateTableBuilder<T, C | keyof OAuth1TokenGrantColumns> {
  return (builder as AnyBuilder<T>)
    .addColumn('oauth_token', identifier, (column) => column.primaryKey())
    .addColumn('client_id', identifier, (column) => column.notNull())
    .addColumn('grant_id', identifier)
    .addColumn('pending', 'text', (column) => column.notNull())
    .addColumn('outdated', 'text', (column) => column.notNull())
    .addColumn('version', 'integer', (column) => column.notNull()) as CreateTableBuilder<T, never>
}

/**
 * SQL text like Kysely's `sql`, written out so that this file does not need Kysely at run time. Only ever called with
 * the constant below.
 */
function raw(text: string): Expression<string> {
  const node = { kind: 'RawNode', sqlFragments: [text], parameters: [] } as const
  return { expressionType: undefined, toOperationNode: () => node }
}

/**
 * Identifiers are compared byte for byte. SQLite and PostgreSQL do so by default and read the second half as a comment;
 * MySQL and MariaDB execute it, and would otherwise fold case and accents.
 */
const identifier: Expression<string> = raw(
  'varchar(255) /*!40101 character set utf8mb4 collate utf8mb4_bin */',
)
