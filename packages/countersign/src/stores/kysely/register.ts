import type { HookRegistry } from '../../server/hooks.ts'
import { checkOptions } from '../../server/option-kinds.ts'
import { registerHooks } from '../../server/register-hooks.ts'
import { clockOptions } from '../shared/store-options.ts'
import { type AnyDatabase, defaultTables, type TableNames } from './database.ts'
import { createRecordNonce, type KyselyHookOptions, kyselyHooks } from './hooks.ts'
import { temporaryCredentialHooks } from './temporary-hooks.ts'
import { tokenCredentialHooks } from './token-hooks.ts'

/** Registers `recordNonce` over a table of nonces. */
export function registerNonceHooks(
  server: HookRegistry,
  db: AnyDatabase,
  table: string = defaultTables.nonce,
): void {
  registerHooks(server, { recordNonce: createRecordNonce(db, table) })
}

/** Registers the four hooks of temporary credentials over their table. */
export function registerTemporaryCredentialHooks(
  server: HookRegistry,
  db: AnyDatabase,
  table: string = defaultTables.temporaryCredential,
  options: Pick<KyselyHookOptions, 'now'> = {},
): void {
  checkOptions('registerTemporaryCredentialHooks', options, clockOptions)
  registerHooks(server, temporaryCredentialHooks(db, table, options.now))
}

/** Registers the hooks that write and list token credentials, over their table. */
export function registerTokenCredentialHooks(
  server: HookRegistry,
  db: AnyDatabase,
  table: string = defaultTables.tokenCredential,
): void {
  registerHooks(server, tokenCredentialHooks(db, table))
}

/**
 * Registers all that an `AuthorizationServer` needs except `queryClient`: nonces, temporary and token credentials.
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
  options: Omit<KyselyHookOptions, 'tables'> = {},
): void {
  const hooks = kyselyHooks(db, { ...options, tables })
  const { queryClient: _, queryToken: __, queryClientAndToken: ___, ...others } = hooks
  registerHooks(server, others)
}
