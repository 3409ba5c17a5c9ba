import type { HookRegistry } from '../../server/hooks.ts'
import { checkOptions } from '../../server/option-kinds.ts'
import type { DrizzleDatabase } from './database.ts'
import { createRecordNonce, createTokenCredentialHook, temporaryCredentialHooks } from './hooks.ts'
import {
  type DrizzleTables,
  type NonceTable,
  type TemporaryCredentialTable,
  type TokenCredentialTable,
  tableKinds,
} from './tables.ts'

/** Registers `recordNonce` over a table of nonces. */
export function registerNonceHooks(server: HookRegistry, db: DrizzleDatabase, table: NonceTable): void {
  server.registerHook('recordNonce', createRecordNonce(db, table))
}

/** Registers the four hooks of temporary credentials over their table. */
export function registerTemporaryCredentialHooks(
  server: HookRegistry,
  db: DrizzleDatabase,
  table: TemporaryCredentialTable,
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
  db: DrizzleDatabase,
  table: TokenCredentialTable,
): void {
  server.registerHook('createTokenCredential', createTokenCredentialHook(db, table))
}

/**
 * Registers all that an `AuthorizationServer` needs besides `queryClient`: nonces, temporary and token credentials.
 *
 * @example
 * ```ts
 * const server = new AuthorizationServer()
 * server.registerHook('queryClient', createQueryClient(db, client))
 * registerAuthorizationHooks(server, db, { nonce, temporaryCredential, tokenCredential })
 * ```
 */
export function registerAuthorizationHooks(
  server: HookRegistry,
  db: DrizzleDatabase,
  tables: Required<Pick<DrizzleTables, 'nonce' | 'temporaryCredential' | 'tokenCredential'>>,
): void {
  checkOptions('tables', tables, tableKinds)
  registerNonceHooks(server, db, tables.nonce)
  registerTemporaryCredentialHooks(server, db, tables.temporaryCredential)
  registerTokenCredentialHooks(server, db, tables.tokenCredential)
}
