import type { Expression, ExpressionBuilder, Kysely, Selectable, SqlBool } from 'kysely'
import type { Client, TokenCredential } from '../../server/models.ts'
import { checkOptions, type Kinds } from '../../server/option-kinds.ts'
import { tableName } from '../shared/store-options.ts'
import type { OAuth1ClientColumns, OAuth1TokenCredentialColumns } from './columns.ts'

/** The names of the tables, if they differ from the defaults. */
export interface TableNames {
  /** Default `oauth_client`. */
  readonly client?: string
  /** Default `oauth_temporary_credential`. */
  readonly temporaryCredential?: string
  /** Default `oauth_token_credential`. */
  readonly tokenCredential?: string
  /** Default `oauth_nonce`. */
  readonly nonce?: string
}

export const defaultTables: {
  readonly client: 'oauth_client'
  readonly temporaryCredential: 'oauth_temporary_credential'
  readonly tokenCredential: 'oauth_token_credential'
  readonly nonce: 'oauth_nonce'
} = {
  client: 'oauth_client',
  temporaryCredential: 'oauth_temporary_credential',
  tokenCredential: 'oauth_token_credential',
  nonce: 'oauth_nonce',
}

const tableNames: Kinds<TableNames> = {
  client: tableName,
  temporaryCredential: tableName,
  tokenCredential: tableName,
  nonce: tableName,
}

/** @throws ConfigurationError for an unknown table, or a name that is not a string. */
export function checkTables(tables: TableNames | undefined): void {
  checkOptions('tables', tables, tableNames)
}

/** A database whose tables have names that only the application knows. */
// biome-ignore lint/suspicious/noExplicitAny: the rows are checked where they are read
export type AnyDatabase = Kysely<any>

type Default<N, Name extends keyof TableNames> = N extends { readonly [K in Name]: infer T extends string }
  ? T
  : (typeof defaultTables)[Name]

type OwnColumns<DB, Table, Columns> = Table extends keyof DB
  ? Omit<Selectable<DB[Table]>, keyof Columns>
  : unknown

/** A client with the application's own columns. */
export type ClientOf<DB, N = TableNames> = Client & OwnColumns<DB, Default<N, 'client'>, OAuth1ClientColumns>

/** A token credential with the application's own columns. */
export type TokenCredentialOf<DB, N = TableNames> = TokenCredential &
  OwnColumns<DB, Default<N, 'tokenCredential'>, OAuth1TokenCredentialColumns>

/**
 * MySQL and MariaDB differ in three ways that matter here: how a conflict is ignored, how many rows a `delete` may
 * take, and how text is compared. Among Kysely's dialects (except MSSQL), only these have no `returning`.
 */
export function isMySql(db: AnyDatabase): boolean {
  return !db.getExecutor().adapter.supportsReturning
}

/** Only PostgreSQL lets several processes each lock other rows of a table. */
export function isPostgres(db: AnyDatabase): boolean {
  const { adapter } = db.getExecutor()
  return adapter.supportsReturning === true && adapter.supportsTransactionalDdl === true
}

/**
 * The column is exactly this text. MySQL's default collations ignore case, accents or trailing spaces; there the bytes
 * are compared too, besides the comparison that uses the index.
 */
export function exactly(
  db: AnyDatabase,
  column: string,
  text: string,
): (eb: ExpressionBuilder<AnyTable, string>) => Expression<SqlBool> {
  const mySql = isMySql(db)
  return (eb) => {
    const isEqual = eb(column, '=', text)
    return mySql ? isEqual.and(eb.cast(column, 'binary'), '=', eb.cast(eb.val(text), 'binary')) : isEqual
  }
}

type AnyTable = Record<string, Record<string, unknown>>
