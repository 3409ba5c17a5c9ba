/**
 * A store over TypeORM: mixins or columns for your own entities, and the hooks over them.
 *
 * @example
 * ```ts
 * import { ClientMixin, typeormHooks } from 'countersign/typeorm'
 *
 * const hooks = typeormHooks(dataSource, { client, tokenCredential, temporaryCredential, nonce })
 * ```
 *
 * @module
 */
export {
  type ColumnSet,
  type ColumnSetOptions,
  clientColumns,
  nonceColumns,
  policyColumn,
  temporaryCredentialColumns,
  tokenCredentialColumns,
  tokenLifeColumns,
} from './typeorm/columns.ts'
export { createRecordNonce, typeormHooks } from './typeorm/hooks.ts'
export { createQueryClient, createQueryToken } from './typeorm/lookups.ts'
export {
  type ClientColumns,
  ClientMixin,
  type NonceColumns,
  NonceMixin,
  type PolicyColumn,
  PolicyMixin,
  type TemporaryCredentialColumns,
  TemporaryCredentialMixin,
  type TokenCredentialColumns,
  TokenCredentialMixin,
  type TokenLifeColumns,
  TokenLifeMixin,
} from './typeorm/mixins.ts'
export {
  registerAuthorizationHooks,
  registerNonceHooks,
  registerTemporaryCredentialHooks,
  registerTokenCredentialHooks,
} from './typeorm/register.ts'
export type { NonceRow, TypeormEntities } from './typeorm/rows.ts'
export { type SweepOptions, sweepExpired } from './typeorm/sweep.ts'
export type { TypeormHookOptions } from './typeorm/temporary-hooks.ts'
