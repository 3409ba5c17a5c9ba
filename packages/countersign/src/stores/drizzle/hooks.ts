import { type Hooks, standingFor } from '../../server/hooks.ts'
import { nonceKey } from '../../server/nonce.ts'
import { checkOptions, type Kinds, trueOrFalse } from '../../server/option-kinds.ts'
import { exchangeInPlaceOf } from '../shared/store-hooks.ts'
import { clockOptions } from '../shared/store-options.ts'
import { type DrizzleDatabase, hasTransactions, insertOnce } from './database.ts'
import { createExchange } from './exchange.ts'
import { createQueryClient, createQueryClientAndToken, createQueryToken } from './lookups.ts'
import { type DrizzleHooks, type DrizzleTables, type NonceTable, tableKinds } from './tables.ts'
import { temporaryCredentialHooks } from './temporary-hooks.ts'
import { tokenCredentialHooks } from './token-hooks.ts'

/** The clock by which credentials expire, and whether there are transactions. */
export interface DrizzleHookOptions {
  /** Seconds since 1970. Default: the system's clock. */
  readonly now?: () => number
  /**
   * Spend and issue in one transaction. Default: true if the driver has transactions (D1 and Neon over HTTP have none);
   * false leaves `exchangeTemporaryCredential` out.
   */
  readonly transactions?: boolean
}

const hookOptions: Kinds<DrizzleHookOptions> = { ...clockOptions, transactions: trueOrFalse }

/**
 * The hooks over your own Drizzle tables: those that the given tables allow, with the types of your rows. The database
 * decides every atomic one, by a unique key, or by the number of rows that an `update` or a `delete` touched.
 *
 * @example
 * ```ts
 * const hooks = drizzleHooks(db, { client, temporaryCredential, tokenCredential, nonce, user })
 * const server = new AuthorizationServer({ hooks })
 * ```
 */
export function drizzleHooks<const T extends DrizzleTables>(
  db: DrizzleDatabase,
  tables: T,
  options: DrizzleHookOptions = {},
): DrizzleHooks<T> {
  checkOptions('drizzleHooks', options, hookOptions)
  checkOptions('tables', tables, tableKinds)
  const { now, transactions = hasTransactions(db) } = options
  const { client, temporaryCredential, tokenCredential, nonce, user } = tables
  const lookups = {
    ...(client && { queryClient: createQueryClient(db, client) }),
    ...(tokenCredential && { queryToken: createQueryToken(db, tokenCredential, user) }),
  }
  const tokens = tokenCredential && tokenCredentialHooks(db, tokenCredential, user)
  const temporary = temporaryCredential && temporaryCredentialHooks(db, temporaryCredential, now)
  const hooks: Partial<Hooks> = {
    ...lookups,
    ...(client &&
      tokenCredential && {
        queryClientAndToken: standingFor(
          lookups,
          createQueryClientAndToken(db, client, tokenCredential, user),
        ),
      }),
    ...tokens,
    ...temporary,
    ...(tokens &&
      temporary &&
      transactions && {
        exchangeTemporaryCredential: exchangeInPlaceOf(
          { ...tokens, ...temporary },
          createExchange(db, { temporaryCredential, tokenCredential, user }, now),
        ),
      }),
    ...(nonce && { recordNonce: createRecordNonce(db, nonce) }),
  }
  return hooks as DrizzleHooks<T>
}

/** The `recordNonce` hook over a table of nonces: one insert, which the primary key lets through once (§3.3). */
export function createRecordNonce(db: DrizzleDatabase, table: NonceTable): Hooks['recordNonce'] {
  return (record) =>
    insertOnce(db, table, table.nonceKey, { nonceKey: nonceKey(record), expiresAt: record.expiresAt })
}
