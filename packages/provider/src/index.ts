/**
 * A runnable OAuth 1.0 provider: accounts, client registration, consent, tokens. It runs standalone, and in the tests
 * of a client application.
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
  type AccountDetails,
  type AccountFilter,
  accountDetails,
  accountPage,
} from './accounts/account-list.ts'
export { type RemovedAccount, removeAccount } from './accounts/account-removal.ts'
export {
  type Account,
  changePassword,
  createAccount,
  findAccount,
  listAccounts,
} from './accounts/accounts.ts'
export { type Role, setRole } from './accounts/administrators.ts'
export {
  createInvitation,
  type Invitation,
  listInvitations,
  type NewInvitation,
  removeInvitation,
} from './accounts/invitations.ts'
export { endSessions } from './accounts/session-list.ts'
export { reinstateUser, suspendUser } from './accounts/suspension.ts'
export type { Approval } from './approval.ts'
export { type AuditActor, operatorActor, withActor } from './audit/actor.ts'
export { type AuditAction, auditActions } from './audit/audit-actions.ts'
export type { AuditDetails, AuditSubject, NewAuditEvent } from './audit/audit-event.ts'
export type { AuditLog } from './audit/audit-log.ts'
export { recordAudit } from './audit/record-audit.ts'
export { exchangeHooks } from './bridge/exchange-hooks.ts'
export {
  type GrantRevocation,
  type GrantRevocationOptions,
  revokeEndedGrants,
  startGrantUpkeep,
} from './bridge/grant-upkeep.ts'
export { maxPaired, type PairChange, pairClient, unpairClient } from './bridge/pairs.ts'
export {
  type ClientChanges,
  changeClient,
  endPreviousSecret,
  replaceSecret,
  setClientMode,
  setClientPolicy,
} from './clients/client-changes.ts'
export { type ClientDetails, type ClientFilter, clientDetails, clientPage } from './clients/client-list.ts'
export type { ClientMode } from './clients/client-mode.ts'
export {
  type ClientOverview,
  clientOverviews,
  findOwnClient,
  type OwnClient,
} from './clients/client-overview.ts'
export {
  type ClientStatus,
  newClientStatus,
  setClientStatus,
  setClientVerified,
} from './clients/client-status.ts'
export { type ClientUsage, clientUsage } from './clients/client-usage.ts'
export { type ClientSummary, findClient, listClients } from './clients/clients.ts'
export { type ClientRegistration, type NewClient, registerClient } from './clients/registration.ts'
export { type ClientSigning, type SigningFilter, signingPage } from './clients/signing-list.ts'
export {
  type ConfigurationReport,
  configurationReport,
  type ReportedSetting,
} from './configuration-report.ts'
export { openDatabase, schemaSteps } from './database/database.ts'
export type { Page, PageRequest } from './database/page.ts'
export type { Database } from './database/schema.ts'
export { sealStoredSecrets, vacuumFile } from './database/stored-secrets.ts'
export { isSuspended } from './database/user-row.ts'
export type { Fixtures, GivenClient, GivenUser } from './fixtures.ts'
export { type AuthlibSource, authlibRecords } from './import/authlib-source.ts'
export { fileRecords, type ImportedKind } from './import/file-records.ts'
export type { ImportFault, ImportOptions, ImportRecord, ImportReport } from './import/import-record.ts'
export { importRecords } from './import/importer.ts'
export { clientRecord, importFields, tokenRecord } from './import/record-fields.ts'
export { InputError } from './input-error.ts'
export { createProvider, type Provider } from './provider.ts'
export { randomText } from './random.ts'
export { type DryRun, dryRun, type PlannedRule, type RefusedUsage } from './retirement/dry-run.ts'
export { type MailText, retirementMails } from './retirement/mail-text.ts'
export { readRetirement } from './retirement/retirement-file.ts'
export type { Brownout, Retired, RetirementPlan, RetirementRule } from './retirement/retirement-plan.ts'
export { openServices, type Services } from './services.ts'
export { isLoopback } from './settings/checks.ts'
export { isServer, shownDatabase } from './settings/database-address.ts'
export { settingsFromEnv, storeFromEnv } from './settings/environment.ts'
export type { LibraryOptions, ProviderSettings, SettingsInput } from './settings/settings.ts'
export { deleteClient } from './tokens/client-deletion.ts'
export { type IssuedToken, issueToken, type NewToken } from './tokens/issued-token.ts'
export { changeToken, replaceToken, type TokenChanges } from './tokens/token-changes.ts'
export { type Access, countAccess, findToken, type TokenSearch, tokenPage } from './tokens/token-list.ts'
export {
  listTokens,
  revokeToken,
  revokeTokens,
  type TokenFilter,
  type TokenServices,
  type TokenSummary,
} from './tokens/tokens.ts'
export { type Swept, sweepAll } from './upkeep.ts'
