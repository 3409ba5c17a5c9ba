import type { HookRegistry } from '../../server/hooks.ts'
import { checkOptions } from '../../server/option-kinds.ts'
import { registerHooks } from '../../server/register-hooks.ts'
import { clockOptions } from '../shared/store-options.ts'
import type { DrizzleDatabase } from './database.ts'
import { createRecordNonce, type DrizzleHookOptions, drizzleHooks } from './hooks.ts'
import {
  type DrizzleTables,
  type NonceTable,
  type TemporaryCredentialTable,
  type TokenCredentialTable,
  tableKinds,
} from './tables.ts'
import { temporaryCredentialHooks } from './temporary-hooks.ts'
import { tokenCredentialHooks } from './token-hooks.ts'

/** Registers `recordNonce` over a table of nonces. */
export function registerNonceHooks(server: HookRegistry, db: DrizzleDatabase, table: NonceTable): void {
  registerHooks(server, { recordNonce: createRecordNonce(db, table) })
}

/** Registers the four hooks of temporary credentials over their table. */
export function registerTemporaryCredentialHooks(
  server: HookRegistry,
  db: DrizzleDatabase,
  table: TemporaryCredentialTable,
  options: Pick<DrizzleHookOptions, 'now'> = {},
): void {
  checkOptions('registerTemporaryCredentialHooks', options, clockOptions)
  registerHooks(server, temporaryCredentialHooks(db, table, options.now))
}

/** Registers the hooks that write and list token credentials, over their table. */
export function registerTokenCredentialHooks(
  server: HookRegistry,
  db: DrizzleDatabase,
  table: TokenCredentialTable,
): void {
  registerHooks(server, tokenCredentialHooks(db, table))
}

/**
 * Registers all that an `AuthorizationServer` needs except `queryClient`: nonces, temporary and token credentials.
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
  options?: DrizzleHookOptions,
): void {
  checkOptions('tables', tables, tableKinds)
  const { nonce, temporaryCredential, tokenCredential } = tables
  const hooks = drizzleHooks(db, { nonce, temporaryCredential, tokenCredential }, options)
  const { queryToken: _, ...others } = hooks
  registerHooks(server, others)
}
