import type { HookRegistry } from '../server/hooks.ts'
import { type AnyDatabase, defaultTables, type TableNames } from './kysely/database.ts'
import { createRecordNonce, createTokenCredentialHook, temporaryCredentialHooks } from './kysely/hooks.ts'

export {
  type OAuth1ClientColumns,
  type OAuth1NonceColumns,
  type OAuth1Tables,
  type OAuth1TemporaryCredentialColumns,
  type OAuth1TokenCredentialColumns,
  withClientColumns,
  withNonceColumns,
  withTemporaryCredentialColumns,
  withTokenCredentialColumns,
} from './kysely/columns.ts'
export type { ClientOf, TableNames, TokenCredentialOf } from './kysely/database.ts'
export { createRecordNonce, type KyselyHookOptions, kyselyHooks } from './kysely/hooks.ts'
export { createQueryClient, createQueryToken } from './kysely/lookups.ts'
export { type KyselySqliteDatabase, type NodeSqliteDatabase, nodeSqlite } from './kysely/node-sqlite.ts'
export { clientRow } from './kysely/rows.ts'
export { createExpiryIndexes, type SweepOptions, sweepExpired } from './kysely/sweep.ts'

/** Registers `recordNonce` over a table of nonces. */
export function registerNonceHooks(
  server: HookRegistry,
  db: AnyDatabase,
  table: string = defaultTables.nonce,
): void {
  server.registerHook('recordNonce', createRecordNonce(db, table))
}

/** Registers the four hooks of temporary credentials over their table. */
export function registerTemporaryCredentialHooks(
  server: HookRegistry,
  db: AnyDatabase,
  table: string = defaultTables.temporaryCredential,
): void {
  const hooks = temporaryCredentialHooks(db, table)
  server.registerHook('createTemporaryCredential', hooks.createTemporaryCredential)
  server.registerHook('getTemporaryCredential', hooks.getTemporaryCredential)
  server.registerHook('createAuthorizationVerifier', hooks.createAuthorizationVerifier)
  server.registerHook('consumeTemporaryCredential', hooks.consumeTemporaryCredential)
}

/** Registers `createTokenCredential` over a table of token credentials. */
export function registerTokenCredentialHooks(
  server: HookRegistry,
  db: AnyDatabase,
  table: string = defaultTables.tokenCredential,
): void {
  server.registerHook('createTokenCredential', createTokenCredentialHook(db, table))
}

/**
 * Registers all that an `AuthorizationServer` needs besides `queryClient`: nonces, temporary and token credentials.
 *
 * @example
 * ```ts
 * const server = new AuthorizationServer()
 * server.registerHook('queryClient', createQueryClient(db))
 * registerAuthorizationHooks(server, db)
 * ```
 */
export function registerAuthorizationHooks(
  server: HookRegistry,
  db: AnyDatabase,
  tables: Omit<TableNames, 'client'> = {},
): void {
  registerNonceHooks(server, db, tables.nonce)
  registerTemporaryCredentialHooks(server, db, tables.temporaryCredential)
  registerTokenCredentialHooks(server, db, tables.tokenCredential)
}
