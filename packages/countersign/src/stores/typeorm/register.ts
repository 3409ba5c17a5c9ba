import type { DataSource, EntityTarget } from 'typeorm'
import type { HookRegistry } from '../../server/hooks.ts'
import type { Client, TemporaryCredential, TokenCredential } from '../../server/models.ts'
import { checkOptions } from '../../server/option-kinds.ts'
import { registerHooks } from '../../server/register-hooks.ts'
import { clockOptions } from '../shared/store-options.ts'
import { createRecordNonce, writingHooks } from './hooks.ts'
import { entityKinds, type NonceRow, type TypeormEntities } from './rows.ts'
import { type TypeormHookOptions, temporaryCredentialHooks } from './temporary-hooks.ts'
import { tokenCredentialHooks } from './token-hooks.ts'

/** Registers `recordNonce` over an entity of nonces. */
export function registerNonceHooks(
  server: HookRegistry,
  dataSource: DataSource,
  nonce: EntityTarget<NonceRow>,
): void {
  registerHooks(server, { recordNonce: createRecordNonce(dataSource, nonce) })
}

/** Registers the four hooks of temporary credentials over their entity. */
export function registerTemporaryCredentialHooks(
  server: HookRegistry,
  dataSource: DataSource,
  temporaryCredential: EntityTarget<TemporaryCredential>,
  options?: TypeormHookOptions,
): void {
  checkOptions('registerTemporaryCredentialHooks', options, clockOptions)
  registerHooks(server, temporaryCredentialHooks(dataSource, temporaryCredential, options))
}

/** Registers the hooks that write and list token credentials, over their entity. */
export function registerTokenCredentialHooks<T extends TokenCredential>(
  server: HookRegistry<Client, T>,
  dataSource: DataSource,
  tokenCredential: EntityTarget<T>,
): void {
  registerHooks(server, tokenCredentialHooks(dataSource, tokenCredential))
}

/**
 * Registers all that an `AuthorizationServer` needs except `queryClient`: nonces, temporary and token credentials.
 *
 * @example
 * ```ts
 * const server = new AuthorizationServer()
 * server.registerHook('queryClient', createQueryClient(dataSource, ClientEntity))
 * registerAuthorizationHooks(server, dataSource, { tokenCredential, temporaryCredential, nonce })
 * ```
 */
export function registerAuthorizationHooks<T extends TokenCredential>(
  server: HookRegistry<Client, T>,
  dataSource: DataSource,
  entities: Omit<TypeormEntities<Client, T>, 'client'>,
  options?: TypeormHookOptions,
): void {
  checkOptions('registerAuthorizationHooks', options, clockOptions)
  checkOptions('entities', entities, entityKinds)
  registerHooks(server, writingHooks(dataSource, entities, options))
}
