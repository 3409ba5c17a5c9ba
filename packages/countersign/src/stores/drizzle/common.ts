export type { DrizzleDatabase } from './database.ts'
export { createRecordNonce, type DrizzleHookOptions, drizzleHooks } from './hooks.ts'
export { createQueryClient, createQueryToken } from './lookups.ts'
export {
  registerAuthorizationHooks,
  registerNonceHooks,
  registerTemporaryCredentialHooks,
  registerTokenCredentialHooks,
} from './register.ts'
export { type SweepOptions, sweepExpired } from './sweep.ts'
export type {
  ClientTable,
  DrizzleHooks,
  DrizzleTables,
  NonceTable,
  TemporaryCredentialTable,
  TokenCredentialRow,
  TokenCredentialTable,
  UserTable,
} from './tables.ts'
