import type { Column, Table } from 'drizzle-orm'
import type { Hooks } from '../../server/hooks.ts'
import type { Client, TemporaryCredential, TokenCredential } from '../../server/models.ts'
import type { Kind, Kinds } from '../../server/option-kinds.ts'
import type { TemporaryCredentialHooks } from '../shared/store-hooks.ts'
import { requireLifeColumns } from '../shared/token-life.ts'

type TableWith<Model, Columns extends string> = Table & { readonly [C in Columns]: Column } & {
  readonly $inferSelect: Model
}

/** A table with `clientColumns()`, and any columns of your own. */
export type ClientTable = TableWith<Client, 'clientId' | 'clientSecret' | 'callbacks'>
/** A table with `temporaryCredentialColumns()`, a `userId`, and any columns of your own. */
export type TemporaryCredentialTable = TableWith<
  TemporaryCredential,
  'clientId' | 'oauthToken' | 'oauthVerifier' | 'userId' | 'scope' | 'expiresAt'
>
/** A table with `tokenCredentialColumns()`, a `userId`, and any columns of your own. */
export type TokenCredentialTable = TableWith<TokenCredential, 'clientId' | 'oauthToken' | 'userId'> & {
  /** The columns of `tokenLifeColumns()`, if the table has them. */
  readonly [Name in 'expiresAt' | 'lastUsedAt']?: Column
}
/** A table with `nonceColumns()`. */
export type NonceTable = TableWith<{ nonceKey: string; expiresAt: number }, 'nonceKey' | 'expiresAt'>
/** Your users' table: its `id` is what `userId` holds. */
export type UserTable = Table & { readonly id: Column }

/** The tables to use; the hooks of omitted tables are omitted. */
export interface DrizzleTables {
  readonly client?: ClientTable
  readonly temporaryCredential?: TemporaryCredentialTable
  readonly tokenCredential?: TokenCredentialTable
  readonly nonce?: NonceTable
  /** Loaded together with the token credential, in the same query, as its `user`. */
  readonly user?: UserTable
}

/** @throws ConfigurationError when a time is set for which the table has no column. */
export function requireColumns(
  table: TokenCredentialTable,
  times: Pick<TokenCredential, 'expiresAt' | 'lastUsedAt'>,
): void {
  requireLifeColumns(times, (name) => table[name] !== undefined, 'tokenLifeColumns()')
}

function tableWith(...columns: readonly string[]): Kind {
  return {
    must: `a table with the columns ${columns.join(', ')}`,
    holds: (value) =>
      typeof value === 'object' && value !== null && columns.every((column) => column in value),
  }
}

export const tableKinds: Kinds<DrizzleTables> = {
  client: tableWith('clientId', 'clientSecret', 'callbacks'),
  temporaryCredential: tableWith('clientId', 'oauthToken', 'oauthVerifier', 'userId', 'scope', 'expiresAt'),
  tokenCredential: tableWith('clientId', 'oauthToken', 'userId'),
  nonce: tableWith('nonceKey', 'expiresAt'),
  user: tableWith('id'),
}

type ClientRow<T> = T extends { client: infer C extends ClientTable } ? C['$inferSelect'] : Client

/** A token credential as `queryToken` returns it: the whole row, and the user if their table was given. */
export type TokenCredentialRow<T> = T extends { tokenCredential: infer C extends TokenCredentialTable }
  ? C['$inferSelect'] &
      (T extends { user: infer U extends UserTable } ? { readonly user: U['$inferSelect'] | null } : unknown)
  : TokenCredential

type ModelHooks<T> = Required<Hooks<ClientRow<T>, TokenCredentialRow<T>>>

/** The hooks that a set of tables makes possible. */
export type DrizzleHooks<T extends DrizzleTables> = (T extends { client: ClientTable }
  ? Pick<ModelHooks<T>, 'queryClient'>
  : unknown) &
  (T extends { tokenCredential: TokenCredentialTable }
    ? Pick<
        ModelHooks<T>,
        'queryToken' | 'createTokenCredential' | 'recordTokenUse' | 'revokeToken' | 'listTokens'
      >
    : unknown) &
  (T extends { client: ClientTable; tokenCredential: TokenCredentialTable }
    ? Pick<ModelHooks<T>, 'queryClientAndToken'>
    : unknown) &
  (T extends { temporaryCredential: TemporaryCredentialTable } ? TemporaryCredentialHooks : unknown) &
  (T extends { temporaryCredential: TemporaryCredentialTable; tokenCredential: TokenCredentialTable }
    ? Pick<Hooks<ClientRow<T>, TokenCredentialRow<T>>, 'exchangeTemporaryCredential'>
    : unknown) &
  (T extends { nonce: NonceTable } ? Pick<Hooks, 'recordNonce'> : unknown)
