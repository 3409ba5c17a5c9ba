import type { HookRegistry } from '../../server/hooks.ts'
import type { Client } from '../../server/models.ts'
import { checkOptions } from '../../server/option-kinds.ts'
import { registerHooks } from '../../server/register-hooks.ts'
import { clockOptions } from '../shared/store-options.ts'
import {
  type ClientRow,
  modelKinds,
  type PrismaModels,
  type PrismaNonces,
  type PrismaTemporaryCredentials,
  type PrismaTokenCredentials,
  type StoredTokenCredential,
  type TokenCredentialFromRow,
} from './delegates.ts'
import { createRecordNonce, hookOptions, type PrismaHookOptions, writingHooks } from './hooks.ts'
import { type PrismaClock, temporaryCredentialHooks } from './temporary-hooks.ts'
import { tokenCredentialHooks } from './token-hooks.ts'

/** Registers `recordNonce` over a model of nonces. */
export function registerNonceHooks(server: HookRegistry, nonces: Pick<PrismaNonces, 'createMany'>): void {
  registerHooks(server, { recordNonce: createRecordNonce(nonces) })
}

/** Registers the four hooks of temporary credentials over their model. */
export function registerTemporaryCredentialHooks(
  server: HookRegistry,
  credentials: PrismaTemporaryCredentials,
  options?: PrismaClock,
): void {
  checkOptions('registerTemporaryCredentialHooks', options, clockOptions)
  registerHooks(server, temporaryCredentialHooks(credentials, options))
}

/** Registers the hooks that write and list token credentials, over their model. */
export function registerTokenCredentialHooks<T extends StoredTokenCredential>(
  server: HookRegistry<Client, TokenCredentialFromRow<T>>,
  tokens: PrismaTokenCredentials<T>,
): void {
  registerHooks(server, tokenCredentialHooks<T>(tokens))
}

/**
 * Registers all that an `AuthorizationServer` needs except `queryClient`: nonces, temporary and token credentials.
 *
 * @example
 * ```ts
 * const server = new AuthorizationServer()
 * server.registerHook('queryClient', createQueryClient(prisma.oauthClient))
 * registerAuthorizationHooks(server, { tokenCredential, temporaryCredential, nonce })
 * ```
 */
export function registerAuthorizationHooks<T extends StoredTokenCredential>(
  server: HookRegistry<Client, TokenCredentialFromRow<T>>,
  models: Omit<PrismaModels<ClientRow, T>, 'client'>,
  options?: Pick<PrismaHookOptions, 'transaction' | 'now'>,
): void {
  checkOptions('registerAuthorizationHooks', options, hookOptions)
  checkOptions('models', models, modelKinds)
  registerHooks(server, writingHooks<T>(models, options))
}
