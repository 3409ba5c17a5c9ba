import type { Kysely } from 'kysely'
import { type Hooks, standingFor } from '../../server/hooks.ts'
import { nonceKey } from '../../server/nonce.ts'
import { anObject, checkOptions, clock, type Kinds, trueOrFalse } from '../../server/option-kinds.ts'
import { exchangeInPlaceOf, type StoreHooks } from '../shared/store-hooks.ts'
import {
  type AnyDatabase,
  type ClientOf,
  checkTables,
  defaultTables,
  isMySql,
  type TableNames,
  type TokenCredentialOf,
} from './database.ts'
import { createExchange } from './exchange.ts'
import { createQueryClientAndToken } from './join.ts'
import { queryClientIn, queryTokenIn } from './lookups.ts'
import { temporaryCredentialHooks } from './temporary-hooks.ts'
import { tokenCredentialHooks } from './token-hooks.ts'

/** The tables, and the clock by which credentials expire. */
export interface KyselyHookOptions<N extends TableNames = TableNames> {
  readonly tables?: N
  /** Seconds since 1970. Default: the system's clock. */
  readonly now?: () => number
  /**
   * Spend and issue in one transaction. Default true; set false if the driver has no transactions (D1), which leaves
   * `exchangeTemporaryCredential` out.
   */
  readonly transactions?: boolean
}

const hookOptions: Kinds<KyselyHookOptions> = { tables: anObject, now: clock, transactions: trueOrFalse }

/**
 * All hooks over a Kysely database: SQLite, PostgreSQL, MySQL and MariaDB. The database decides every atomic one, by a
 * unique key, or by the number of rows that an `update` or a `delete` touched.
 *
 * Rows come back with all their columns: ours as the fields of `Client` and `TokenCredential`, your own untouched. With
 * other stores, spread it first: `{ ...kyselyHooks(db), ...nonceHooks(cache) }`.
 *
 * @example
 * ```ts
 * const hooks = kyselyHooks(db, { tables: { client: 'application' } })
 * const server = new AuthorizationServer({ hooks })
 * ```
 */
export function kyselyHooks<DB, const N extends TableNames = Record<never, never>>(
  db: Kysely<DB>,
  options: KyselyHookOptions<N> = {},
): StoreHooks<ClientOf<DB, N>, TokenCredentialOf<DB, N>> {
  checkOptions('kyselyHooks', options, hookOptions)
  const { tables, now, transactions = true } = options
  checkTables(tables)
  const names = { ...defaultTables, ...tables }
  const lookups = {
    queryClient: queryClientIn(db, names.client),
    queryToken: queryTokenIn(db, names.tokenCredential),
  }
  const writers = {
    ...temporaryCredentialHooks(db, names.temporaryCredential, now),
    ...tokenCredentialHooks(db, names.tokenCredential),
  }
  const hooks: Hooks = {
    ...lookups,
    queryClientAndToken: standingFor(lookups, createQueryClientAndToken(db, names)),
    recordNonce: createRecordNonce(db, names.nonce),
    ...writers,
    ...(transactions && {
      exchangeTemporaryCredential: exchangeInPlaceOf(writers, createExchange(db, names, now)),
    }),
  }
  return hooks as StoreHooks<ClientOf<DB, N>, TokenCredentialOf<DB, N>>
}

/** The `recordNonce` hook over a table of nonces: one insert, which the primary key lets through once (§3.3). */
export function createRecordNonce(
  db: AnyDatabase,
  table: string = defaultTables.nonce,
): Hooks['recordNonce'] {
  const mySql = isMySql(db)
  return async (record) => {
    const insert = db.insertInto(table).values({ nonce_key: nonceKey(record), expires_at: record.expiresAt })
    const result = await (mySql
      ? insert.ignore()
      : insert.onConflict((conflict) => conflict.doNothing())
    ).executeTakeFirst()
    return result.numInsertedOrUpdatedRows === 1n
  }
}
