import type { DataSource, EntityTarget } from 'typeorm'
import type { HookRegistry } from '../server/hooks.ts'
import type { Client, TemporaryCredential, TokenCredential } from '../server/models.ts'
import {
  createRecordNonce,
  createTokenCredentialHook,
  type NonceRow,
  type TypeormEntities,
  type TypeormHookOptions,
  temporaryCredentialHooks,
} from './typeorm/hooks.ts'

export {
  type ColumnSet,
  type ColumnSetOptions,
  clientColumns,
  nonceColumns,
  temporaryCredentialColumns,
  tokenCredentialColumns,
} from './typeorm/columns.ts'
export {
  createQueryClient,
  createQueryToken,
  createRecordNonce,
  type NonceRow,
  type TypeormEntities,
  type TypeormHookOptions,
  typeormHooks,
} from './typeorm/hooks.ts'
export {
  type ClientColumns,
  ClientMixin,
  type NonceColumns,
  NonceMixin,
  type TemporaryCredentialColumns,
  TemporaryCredentialMixin,
  type TokenCredentialColumns,
  TokenCredentialMixin,
} from './typeorm/mixins.ts'
export { type SweepOptions, sweepExpired } from './typeorm/sweep.ts'

/** Registers `recordNonce` over an entity of nonces. */
export function registerNonceHooks(
  server: HookRegistry,
  dataSource: DataSource,
  nonce: EntityTarget<NonceRow>,
): void {
  server.registerHook('recordNonce', createRecordNonce(dataSource, nonce))
}

/** Registers the four hooks of temporary credentials over their entity. */
export function registerTemporaryCredentialHooks(
  server: HookRegistry,
  dataSource: DataSource,
  temporaryCredential: EntityTarget<TemporaryCredential>,
  options?: TypeormHookOptions,
): void {
  const hooks = temporaryCredentialHooks(dataSource, temporaryCredential, options)
  server.registerHook('createTemporaryCredential', hooks.createTemporaryCredential)
  server.registerHook('getTemporaryCredential', hooks.getTemporaryCredential)
  server.registerHook('createAuthorizationVerifier', hooks.createAuthorizationVerifier)
  server.registerHook('consumeTemporaryCredential', hooks.consumeTemporaryCredential)
}

/** Registers `createTokenCredential` over an entity of token credentials. */
export function registerTokenCredentialHooks<T extends TokenCredential>(
  server: HookRegistry<Client, T>,
  dataSource: DataSource,
  tokenCredential: EntityTarget<T>,
): void {
  server.registerHook('createTokenCredential', createTokenCredentialHook(dataSource, tokenCredential))
}

/**
 * Registers all that an `AuthorizationServer` needs besides `queryClient`: nonces, temporary and token credentials.
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
): void {
  registerNonceHooks(server as HookRegistry, dataSource, entities.nonce)
  registerTemporaryCredentialHooks(server as HookRegistry, dataSource, entities.temporaryCredential)
  registerTokenCredentialHooks(server, dataSource, entities.tokenCredential)
}
