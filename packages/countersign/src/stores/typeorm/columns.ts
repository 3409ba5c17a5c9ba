import type { EntitySchemaColumnOptions } from 'typeorm'
import { aText, checkOptions, type Kinds, oneOf } from '../../server/option-kinds.ts'
import {
  joinCallbacks,
  parsePolicy,
  parseRsaPublicKey,
  policyText,
  rsaPublicKeyText,
  splitCallbacks,
} from '../shared/column-text.ts'

/** How the columns look in the application's database. */
export interface ColumnSetOptions {
  /**
   * The collation of identifiers, if the database's default ignores case or trailing spaces: `utf8mb4_0900_bin` on
   * MySQL, `utf8mb4_nopad_bin` on MariaDB. Elsewhere leave it out.
   */
  readonly collation?: string
  /** The type of the user's identifier. Default `int`. */
  readonly userIdType?: 'int' | 'bigint' | 'varchar' | 'uuid'
}

/** Columns by property name, to spread into the `columns` of an `EntitySchema`. */
export type ColumnSet<Name extends string> = Record<Name, EntitySchemaColumnOptions>

/** The columns of a client; `callbacks` are kept in `default_redirect_uri`, separated by white space. */
export function clientColumns(
  options: ColumnSetOptions = {},
): ColumnSet<'clientId' | 'clientSecret' | 'callbacks' | 'rsaPublicKey'> {
  return {
    clientId: { ...identifier('client_id', options), unique: true },
    clientSecret: { name: 'client_secret', type: 'text', nullable: true },
    // Null if an insert names none: no single default for text suits all of TypeORM's databases.
    callbacks: { name: 'default_redirect_uri', type: 'text', nullable: true, transformer: callbacksAsText },
    rsaPublicKey: { name: 'rsa_public_key', type: 'text', nullable: true, transformer: keyAsText },
  }
}

/** The column of a client's own policy, to use beside `clientColumns()` if clients may have one. */
export function policyColumn(): ColumnSet<'policy'> {
  return { policy: { name: 'policy', type: 'text', nullable: true, transformer: policyAsText } }
}

/** The columns of a token credential. */
export function tokenCredentialColumns(
  options: ColumnSetOptions = {},
): ColumnSet<'clientId' | 'oauthToken' | 'oauthTokenSecret' | 'userId' | 'scope'> {
  return {
    clientId: identifier('client_id', options),
    oauthToken: { ...identifier('oauth_token', options), unique: true },
    oauthTokenSecret: { name: 'oauth_token_secret', type: 'text' },
    userId: userIdColumn(options),
    scope: { name: 'scope', type: 'text', nullable: true },
  }
}

/**
 * The columns that a policy with `tokenLifetimeSeconds` or `tokenIdleSeconds` needs, to use beside
 * `tokenCredentialColumns()`.
 */
export function tokenLifeColumns(): ColumnSet<'expiresAt' | 'lastUsedAt'> {
  return {
    expiresAt: { ...seconds('expires_at'), nullable: true },
    lastUsedAt: { ...seconds('last_used_at'), nullable: true },
  }
}

/** The columns of a temporary credential. */
export function temporaryCredentialColumns(
  options: ColumnSetOptions = {},
): ColumnSet<
  | 'clientId'
  | 'oauthToken'
  | 'oauthTokenSecret'
  | 'oauthCallback'
  | 'oauthVerifier'
  | 'userId'
  | 'scope'
  | 'expiresAt'
> {
  return {
    ...tokenCredentialColumns(options),
    oauthCallback: { name: 'oauth_callback', type: 'text' },
    oauthVerifier: { name: 'oauth_verifier', type: 'varchar', length: 255, nullable: true },
    expiresAt: seconds('expires_at'),
  }
}

/** The columns of a nonce; its key is the primary one. */
export function nonceColumns(options: ColumnSetOptions = {}): ColumnSet<'nonceKey' | 'expiresAt'> {
  return {
    nonceKey: { ...identifier('nonce_key', options), length: 64, primary: true },
    expiresAt: seconds('expires_at'),
  }
}

const columnOptions: Kinds<ColumnSetOptions> = {
  collation: aText,
  userIdType: oneOf('int', 'bigint', 'varchar', 'uuid'),
}

function identifier(name: string, options: ColumnSetOptions): EntitySchemaColumnOptions {
  checkOptions('The columns', options, columnOptions)
  const { collation } = options
  return { name, type: 'varchar', length: 255, ...(collation === undefined ? {} : { collation }) }
}

function userIdColumn({ userIdType = 'int' }: ColumnSetOptions): EntitySchemaColumnOptions {
  return { name: 'user_id', type: userIdType, nullable: true }
}

/** 64 bits, so that it does not overflow in 2038; drivers read them as text. */
function seconds(name: string): EntitySchemaColumnOptions {
  return { name, type: 'bigint', transformer: secondsAsNumber }
}

const secondsAsNumber = {
  to: (value: unknown) => value,
  from: (value: unknown) => (value === null || value === undefined ? value : Number(value)),
}

const callbacksAsText = { to: textOf, from: splitCallbacks }
const keyAsText = { to: rsaPublicKeyText, from: (text: string | null) => parseRsaPublicKey(text) ?? null }
const policyAsText = { to: policyText, from: (text: unknown) => parsePolicy(text) ?? null }

function textOf(callbacks: readonly string[] | undefined): string | undefined {
  // Undefined if an UPDATE does not name the column.
  return callbacks && joinCallbacks(callbacks)
}
