/**
 * A runnable OAuth 1.0 provider: accounts, client registration, consent, tokens. It runs by itself, and in the tests of
 * an application that is a client.
 *
 * @example
 * ```ts
 * import { createProvider } from '@countersign/provider'
 *
 * const provider = await createProvider({ port: 0, database: ':memory:', logLevel: 'silent' })
 * ```
 *
 * @module
 */
export {
  type Account,
  changePassword,
  createAccount,
  findAccount,
  listAccounts,
} from './accounts/accounts.ts'
export {
  type ClientChanges,
  changeClient,
  replaceSecret,
  setClientMode,
  setClientPolicy,
} from './clients/client-changes.ts'
export type { ClientMode } from './clients/client-mode.ts'
export { type ClientSummary, findClient, listClients, removeClient } from './clients/clients.ts'
export { type ClientRegistration, type NewClient, registerClient } from './clients/registration.ts'
export type { Database } from './database/schema.ts'
export { InputError } from './input-error.ts'
export { createProvider, type Provider } from './provider.ts'
export { randomText } from './random.ts'
export { openServices, type Services } from './services.ts'
export { isLoopback } from './settings/checks.ts'
export { databaseFromEnv, settingsFromEnv } from './settings/environment.ts'
export type { LibraryOptions, ProviderSettings, SettingsInput } from './settings/settings.ts'
export { issueToken, type NewToken } from './tokens/issued-token.ts'
export {
  listTokens,
  revokeToken,
  revokeTokens,
  type TokenFilter,
  type TokenServices,
  type TokenSummary,
} from './tokens/tokens.ts'
