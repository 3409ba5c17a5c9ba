import type { HookRegistry } from '../server/hooks.ts'
import type { Client, TokenCredential } from '../server/models.ts'
import type {
  ClientRow,
  PrismaModels,
  PrismaNonces,
  PrismaTemporaryCredentials,
  PrismaTokenCredentials,
} from './prisma/delegates.ts'
import {
  createQueryToken,
  createRecordNonce,
  type PrismaClock,
  temporaryCredentialHooks,
  tokenCreator,
} from './prisma/hooks.ts'

export type {
  ClientFromRow,
  ClientRow,
  PrismaClients,
  PrismaModels,
  PrismaNonces,
  PrismaTemporaryCredentials,
  PrismaTokenCredentials,
  TokenWhere,
} from './prisma/delegates.ts'
export {
  createQueryClient,
  createQueryToken,
  createRecordNonce,
  type PrismaClock,
  type PrismaHookOptions,
  prismaHooks,
} from './prisma/hooks.ts'
export { clientRow } from './prisma/rows.ts'
export { type PrismaSchemaOptions, prismaSchema } from './prisma/schema.ts'
export { type PrismaSweepModels, type PrismaSweepOptions, sweepExpired } from './prisma/sweep.ts'

/** Registers `recordNonce` on a server or a protector. */
export function registerNonceHooks(server: HookRegistry, nonces: Pick<PrismaNonces, 'createMany'>): void {
  server.registerHook('recordNonce', createRecordNonce(nonces))
}

/** Registers the four hooks of temporary credentials on a server. */
export function registerTemporaryCredentialHooks(
  server: HookRegistry,
  credentials: PrismaTemporaryCredentials,
  clock?: PrismaClock,
): void {
  const hooks = temporaryCredentialHooks(credentials, clock)
  server.registerHook('createTemporaryCredential', hooks.createTemporaryCredential)
  server.registerHook('getTemporaryCredential', hooks.getTemporaryCredential)
  server.registerHook('createAuthorizationVerifier', hooks.createAuthorizationVerifier)
  server.registerHook('consumeTemporaryCredential', hooks.consumeTemporaryCredential)
}

/** Registers `createTokenCredential` on a server. */
export function registerTokenCredentialHooks<T extends TokenCredential>(
  server: HookRegistry<Client, T>,
  tokens: PrismaTokenCredentials<T>,
): void {
  server.registerHook('createTokenCredential', tokenCreator(tokens, createQueryToken(tokens)))
}

/** Registers all that an authorization server needs of token and temporary credentials and of nonces. */
export function registerAuthorizationHooks<T extends TokenCredential>(
  server: HookRegistry<Client, T>,
  models: Omit<PrismaModels<ClientRow, T>, 'client'>,
  clock?: PrismaClock,
): void {
  registerNonceHooks(server as HookRegistry, models.nonce)
  registerTemporaryCredentialHooks(server as HookRegistry, models.temporaryCredential, clock)
  registerTokenCredentialHooks(server, models.tokenCredential)
}
