/**
 * A store over Kysely: SQLite, PostgreSQL, MySQL and MariaDB, in your own tables.
 *
 * @example
 * ```ts
 * import { kyselyHooks } from 'countersign/kysely'
 *
 * const server = new AuthorizationServer({ hooks: kyselyHooks(db) })
 * ```
 *
 * @module
 */
export { type BusyRetryOptions, retryWhenBusy } from './kysely/busy-retry.ts'
export {
  type OAuth1ClientColumns,
  type OAuth1NonceColumns,
  type OAuth1Tables,
  type OAuth1TemporaryCredentialColumns,
  type OAuth1TokenCredentialColumns,
  type OAuth1TokenGrantColumns,
  withClientColumns,
  withNonceColumns,
  withPolicyColumn,
  withTemporaryCredentialColumns,
  withTokenCredentialColumns,
  withTokenGrantColumns,
  withTokenLifeColumns,
} from './kysely/columns.ts'
export type { ClientOf, TableNames, TokenCredentialOf } from './kysely/database.ts'
export { type KyselyGrantHookOptions, kyselyGrantHooks } from './kysely/grant-hooks.ts'
export { createRecordNonce, type KyselyHookOptions, kyselyHooks } from './kysely/hooks.ts'
export { createQueryClient, createQueryToken } from './kysely/lookups.ts'
export { type KyselySqliteDatabase, type NodeSqliteDatabase, nodeSqlite } from './kysely/node-sqlite.ts'
export {
  registerAuthorizationHooks,
  registerNonceHooks,
  registerTemporaryCredentialHooks,
  registerTokenCredentialHooks,
} from './kysely/register.ts'
export { clientRow } from './kysely/rows.ts'
export {
  createExpiryIndexes,
  createTokenExpiryIndex,
  type SweepOptions,
  sweepExpired,
} from './kysely/sweep.ts'
