import { getTableName, type HasDefault, type IsPrimaryKey, type NotNull } from 'drizzle-orm'
import {
  bigint,
  customType,
  type IndexBuilder,
  index,
  type MySqlBigInt53BuilderInitial,
  type MySqlColumn,
  type MySqlCustomColumnBuilder,
  type MySqlTextBuilderInitial,
  text,
} from 'drizzle-orm/mysql-core'
import type { RsaPublicKeys } from '../../../crypto/rsa-bundle.ts'
import type { ClientPolicy } from '../../../server/policy.ts'
import { callbacksAsText, policyAsText, rsaPublicKeyAsText } from './texts.ts'

// Types and not interfaces below: Drizzle takes columns as a record, which an interface does not fit.

type Text<Name extends string> = MySqlTextBuilderInitial<Name, [string, ...string[]]>
type Custom<Name extends string, Data> = MySqlCustomColumnBuilder<{
  name: Name
  dataType: 'custom'
  columnType: 'MySqlCustomColumn'
  data: Data
  driverParam: string
  enumValues: undefined
}>
type Identifier<Name extends string> = Custom<Name, string>
type Seconds<Name extends string> = MySqlBigInt53BuilderInitial<Name>

const callbacksText = customType<{ data: readonly string[]; driverData: string }>(callbacksAsText)
const rsaPublicKeyText = customType<{ data: RsaPublicKeys; driverData: string }>(rsaPublicKeyAsText)
const policyText = customType<{ data: ClientPolicy; driverData: string }>(policyAsText)
/** Identifiers are compared byte for byte; the usual collations would fold case and accents. */
const identifier = customType<{ data: string; driverData: string }>({
  dataType: () => 'varchar(255) character set utf8mb4 collate utf8mb4_bin',
})

/** The columns of `clientColumns()`. */
export type ClientColumns = {
  clientId: NotNull<Identifier<'client_id'>>
  clientSecret: Text<'client_secret'>
  callbacks: HasDefault<NotNull<Custom<'default_redirect_uri', readonly string[]>>>
  rsaPublicKey: Custom<'rsa_public_key', RsaPublicKeys>
}

/**
 * The columns of a client (§1.1), to spread into your own table.
 *
 * @example
 * ```ts
 * export const client = mysqlTable('oauth_client', {
 *   id: int('id').autoincrement().primaryKey(),
 *   name: text('name').notNull(),
 *   ...clientColumns(),
 * })
 * ```
 */
export function clientColumns(): ClientColumns {
  return {
    clientId: identifier('client_id').notNull().unique(),
    clientSecret: text('client_secret'),
    // A default in Drizzle only: Authlib's column has none in the database, and MySQL allows no literal default for a
    // text column.
    callbacks: callbacksText('default_redirect_uri')
      .notNull()
      .$defaultFn(() => []),
    rsaPublicKey: rsaPublicKeyText('rsa_public_key'),
  }
}

/** The column of `policyColumn()`. */
export type PolicyColumn = { policy: Custom<'policy', ClientPolicy> }

/**
 * The column of a client's own policy, to spread beside `clientColumns()` if clients may have one.
 *
 * @example
 * ```ts
 * export const client = mysqlTable('oauth_client', { ...clientColumns(), ...policyColumn() })
 * ```
 */
export function policyColumn(): PolicyColumn {
  return { policy: policyText('policy') }
}

/** The columns of `temporaryCredentialColumns()`. */
export type TemporaryCredentialColumns = {
  clientId: NotNull<Identifier<'client_id'>>
  oauthToken: NotNull<Identifier<'oauth_token'>>
  oauthTokenSecret: NotNull<Text<'oauth_token_secret'>>
  oauthCallback: NotNull<Text<'oauth_callback'>>
  oauthVerifier: Identifier<'oauth_verifier'>
  scope: Text<'scope'>
  expiresAt: NotNull<Seconds<'expires_at'>>
}

/**
 * The columns of a temporary credential (§2.1), except `userId`, which has the type of your users' key and references
 * it.
 *
 * @example
 * ```ts
 * export const temporaryCredential = mysqlTable(
 *   'oauth_temporary_credential',
 *   { ...temporaryCredentialColumns(), userId: int('user_id').references(() => user.id) },
 *   expiryIndex,
 * )
 * ```
 */
export function temporaryCredentialColumns(): TemporaryCredentialColumns {
  return {
    clientId: identifier('client_id').notNull(),
    oauthToken: identifier('oauth_token').notNull().unique(),
    oauthTokenSecret: text('oauth_token_secret').notNull(),
    oauthCallback: text('oauth_callback').notNull(),
    oauthVerifier: identifier('oauth_verifier'),
    scope: text('scope'),
    expiresAt: bigint('expires_at', { mode: 'number' }).notNull(),
  }
}

/** The columns of `tokenCredentialColumns()`. */
export type TokenCredentialColumns = {
  clientId: NotNull<Identifier<'client_id'>>
  oauthToken: NotNull<Identifier<'oauth_token'>>
  oauthTokenSecret: NotNull<Text<'oauth_token_secret'>>
  scope: Text<'scope'>
}

/**
 * The columns of a token credential (§2.3), except `userId`, which has the type of your users' key and references it.
 */
export function tokenCredentialColumns(): TokenCredentialColumns {
  return {
    clientId: identifier('client_id').notNull(),
    oauthToken: identifier('oauth_token').notNull().unique(),
    oauthTokenSecret: text('oauth_token_secret').notNull(),
    scope: text('scope'),
  }
}

/** The columns of `tokenLifeColumns()`. */
export type TokenLifeColumns = { expiresAt: Seconds<'expires_at'>; lastUsedAt: Seconds<'last_used_at'> }

/**
 * The columns that a policy with `tokenLifetimeSeconds` or `tokenIdleSeconds` needs, to spread beside
 * `tokenCredentialColumns()`.
 *
 * @example
 * ```ts
 * export const tokenCredential = mysqlTable(
 *   'oauth_token_credential',
 *   { ...tokenCredentialColumns(), ...tokenLifeColumns(), userId: int('user_id').references(() => user.id) },
 *   expiryIndex,
 * )
 * ```
 */
export function tokenLifeColumns(): TokenLifeColumns {
  return {
    expiresAt: bigint('expires_at', { mode: 'number' }),
    lastUsedAt: bigint('last_used_at', { mode: 'number' }),
  }
}

/** The columns of `nonceColumns()`. */
export type NonceColumns = {
  nonceKey: IsPrimaryKey<NotNull<Identifier<'nonce_key'>>>
  expiresAt: NotNull<Seconds<'expires_at'>>
}

/** The columns of a nonce (§3.3). Its primary key makes a replay fail. */
export function nonceColumns(): NonceColumns {
  return {
    nonceKey: identifier('nonce_key').primaryKey(),
    expiresAt: bigint('expires_at', { mode: 'number' }).notNull(),
  }
}

/**
 * The index that `sweepExpired` needs, as the third argument of `mysqlTable` for nonces, temporary credentials and tokens with
 * `tokenLifeColumns()`.
 */
export function expiryIndex({ expiresAt }: { expiresAt: MySqlColumn }): IndexBuilder[] {
  return [index(`${getTableName(expiresAt.table)}_expires_at`).on(expiresAt)]
}
