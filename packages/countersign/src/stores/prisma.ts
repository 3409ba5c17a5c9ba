/**
 * A store over Prisma: models for your own schema, and the hooks over the generated client.
 *
 * @example
 * ```ts
 * import { prismaHooks } from 'countersign/prisma'
 *
 * const hooks = prismaHooks({
 *   client: prisma.oauthClient,
 *   tokenCredential: prisma.oauthTokenCredential,
 *   temporaryCredential: prisma.oauthTemporaryCredential,
 *   nonce: prisma.oauthNonce,
 * })
 * ```
 *
 * @module
 */
export type {
  ClientFromRow,
  ClientRow,
  PrismaClients,
  PrismaExpiringTokens,
  PrismaModels,
  PrismaNonces,
  PrismaTemporaryCredentials,
  PrismaTokenCredentials,
  StoredTokenCredential,
  TokenCredentialFromRow,
  TokenWhere,
} from './prisma/delegates.ts'
export type { PrismaTransaction, PrismaTransactionModels } from './prisma/exchange.ts'
export { createRecordNonce, type PrismaHookOptions, prismaHooks } from './prisma/hooks.ts'
export { createQueryClient, createQueryToken } from './prisma/lookups.ts'
export {
  registerAuthorizationHooks,
  registerNonceHooks,
  registerTemporaryCredentialHooks,
  registerTokenCredentialHooks,
} from './prisma/register.ts'
export { clientRow } from './prisma/rows.ts'
export { type PrismaSchemaOptions, prismaSchema } from './prisma/schema.ts'
export { type PrismaSweepModels, type PrismaSweepOptions, sweepExpired } from './prisma/sweep.ts'
export type { PrismaClock } from './prisma/temporary-hooks.ts'
