import type { Kysely } from 'kysely'
import { type Hooks, standingFor } from '../../server/hooks.ts'
import type { TokenCredential } from '../../server/models.ts'
import { nonceKey } from '../../server/nonce.ts'
import { discreet, isStorable, systemClock } from '../shared/column-text.ts'
import {
  type AnyDatabase,
  type ClientOf,
  defaultTables,
  isMySql,
  type TableNames,
  type TokenCredentialOf,
} from './database.ts'
import { createQueryClientAndToken } from './join.ts'
import { createQueryClient, createQueryToken } from './lookups.ts'
import { credentialRow, temporaryCredentialOf } from './rows.ts'

/** Which tables, and by which clock credentials expire. */
export interface KyselyHookOptions<N extends TableNames = TableNames> {
  readonly tables?: N
  /** Seconds since 1970. Default: the system's clock. */
  readonly now?: () => number
}

type TemporaryCredentialHooks = Pick<
  Hooks,
  | 'createTemporaryCredential'
  | 'getTemporaryCredential'
  | 'createAuthorizationVerifier'
  | 'consumeTemporaryCredential'
>

/**
 * All hooks over a Kysely database: SQLite, PostgreSQL, MySQL and MariaDB. The database is the referee of every atomic
 * one: a unique key, an `update` or a `delete`, and how many rows it touched.
 *
 * Rows come back with all their columns: ours as the fields of `Client` and `TokenCredential`, your own untouched.
 * Beside other stores, spread it first: `{ ...kyselyHooks(db), ...nonceHooks(cache) }`.
 *
 * @example
 * ```ts
 * const hooks = kyselyHooks(db, { tables: { client: 'application' } })
 * const server = new AuthorizationServer({ hooks })
 * ```
 */
export function kyselyHooks<DB, const N extends TableNames = Record<never, never>>(
  db: Kysely<DB>,
  { tables, now }: KyselyHookOptions<N> = {},
): Required<Hooks<ClientOf<DB, N>, TokenCredentialOf<DB, N>>> {
  const names = { ...defaultTables, ...tables }
  const lookups = {
    queryClient: createQueryClient(db, names.client),
    queryToken: createQueryToken(db, names.tokenCredential),
  }
  const hooks: Required<Hooks> = {
    ...lookups,
    queryClientAndToken: standingFor(lookups, createQueryClientAndToken(db, names)),
    recordNonce: createRecordNonce(db, names.nonce),
    createTokenCredential: createTokenCredentialHook(db, names.tokenCredential),
    ...temporaryCredentialHooks(db, names.temporaryCredential, now),
  }
  return hooks as Required<Hooks<ClientOf<DB, N>, TokenCredentialOf<DB, N>>>
}

/** The `recordNonce` hook over a table of nonces: one insert, which the primary key lets pass once (§3.3). */
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

/** The `createTokenCredential` hook: inserts, and answers what `queryToken` will, columns with defaults included. */
export function createTokenCredentialHook(
  db: AnyDatabase,
  table: string = defaultTables.tokenCredential,
): (credential: TokenCredential) => Promise<TokenCredential> {
  const queryToken = createQueryToken(db, table)
  return async (credential) => {
    await discreet(db.insertInto(table).values(credentialRow(credential)).execute())
    const created = await queryToken(credential.clientId, credential.oauthToken)
    if (created) return created
    throw new Error(`${table} does not answer the token credential that was just inserted into it.`)
  }
}

/** The four hooks over a table of temporary credentials. */
export function temporaryCredentialHooks(
  db: AnyDatabase,
  table: string = defaultTables.temporaryCredential,
  now: () => number = systemClock,
): TemporaryCredentialHooks {
  const mySql = isMySql(db)
  /** MySQL's own collations ignore case, accents or trailing spaces; there the bytes are compared as well. */
  const bytes = (oauthToken: string) => (eb: ExpressionBuilder) =>
    mySql
      ? eb(eb.cast('oauth_token', 'binary'), '=', eb.cast(eb.val(oauthToken), 'binary'))
      : eb('oauth_token', '=', oauthToken)
  return {
    async createTemporaryCredential(credential) {
      await discreet(db.insertInto(table).values(credentialRow(credential)).execute())
    },

    async getTemporaryCredential(oauthToken) {
      if (!isStorable(oauthToken)) return undefined
      const row = await db
        .selectFrom(table)
        .selectAll()
        .where('oauth_token', '=', oauthToken)
        .where('expires_at', '>', Math.floor(now()))
        .executeTakeFirst()
      const credential = row && temporaryCredentialOf(row)
      return credential?.oauthToken === oauthToken ? credential : undefined
    },

    async createAuthorizationVerifier(oauthToken, { userId, oauthVerifier, scope }) {
      if (!isStorable(oauthToken)) return false
      const approval = db
        .updateTable(table)
        .set({
          user_id: userId,
          oauth_verifier: oauthVerifier,
          ...(scope === undefined ? {} : { scope }),
        })
        .where('oauth_token', '=', oauthToken)
        .where(bytes(oauthToken))
        // Granted once, by one user: the second finds no such row.
        .where('oauth_verifier', 'is', null)
        .where('expires_at', '>', Math.floor(now()))
      const result = await discreet(approval.executeTakeFirst())
      return result.numUpdatedRows === 1n
    },

    async consumeTemporaryCredential(oauthToken) {
      if (!isStorable(oauthToken)) return false
      const result = await db
        .deleteFrom(table)
        .where('oauth_token', '=', oauthToken)
        .where(bytes(oauthToken))
        .where('expires_at', '>', Math.floor(now()))
        .executeTakeFirst()
      return result.numDeletedRows === 1n
    },
  }
}

type AnyTable = Record<string, Record<string, unknown>>
type ExpressionBuilder = import('kysely').ExpressionBuilder<AnyTable, string>
