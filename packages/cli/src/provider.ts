import type * as Provider from '@countersign/provider'
import type * as Gateway from '@countersign/provider/gateway'

// Only commands that work on the provider's database load it, because it is most of the code.

export type {
  AccountDetails,
  AccountFilter,
  ClientFilter,
  ClientMode,
  ImportFault,
  ImportRecord,
  NewToken,
  Services,
  SettingsInput,
  TokenSummary,
} from '@countersign/provider'
export { InputError } from '@countersign/provider/input-error'
export { shellWord } from '@countersign/provider/shell-word'

/** The provider's functions that return promises, which can also wait until it is loaded. */
type Later = {
  [Name in keyof typeof Provider]: (typeof Provider)[Name] extends (...given: never[]) => Promise<unknown>
    ? Name
    : never
}[keyof typeof Provider]

/** The provider itself, for its other functions. */
export function loadProvider(): Promise<typeof Provider> {
  return import('@countersign/provider')
}

/** The gateway, which loads modules that no other command needs. */
export function loadGateway(): Promise<typeof Gateway> {
  return import('@countersign/provider/gateway')
}

function later<Name extends Later>(name: Name): (typeof Provider)[Name] {
  const call = async (...given: never[]) => {
    const functions: Record<Later, (...given: never[]) => unknown> = await loadProvider()
    return functions[name](...given)
  }
  return call as (typeof Provider)[Name]
}

export const accountDetails = later('accountDetails')
export const accountPage = later('accountPage')
export const changeClient = later('changeClient')
export const changePassword = later('changePassword')
export const changeToken = later('changeToken')
export const clientDetails = later('clientDetails')
export const clientPage = later('clientPage')
export const clientUsage = later('clientUsage')
export const countAccess = later('countAccess')
export const createAccount = later('createAccount')
export const createInvitation = later('createInvitation')
export const deleteClient = later('deleteClient')
export const dryRun = later('dryRun')
export const findAccount = later('findAccount')
export const findClient = later('findClient')
export const findToken = later('findToken')
export const importRecords = later('importRecords')
export const issueToken = later('issueToken')
export const listClients = later('listClients')
export const pairClient = later('pairClient')
export const recordAudit = later('recordAudit')
export const registerClient = later('registerClient')
export const reinstateUser = later('reinstateUser')
export const removeAccount = later('removeAccount')
export const replaceSecret = later('replaceSecret')
export const replaceToken = later('replaceToken')
export const revokeToken = later('revokeToken')
export const revokeTokens = later('revokeTokens')
export const setClientMode = later('setClientMode')
export const setClientPolicy = later('setClientPolicy')
export const setClientStatus = later('setClientStatus')
export const setClientVerified = later('setClientVerified')
export const setRole = later('setRole')
export const signingPage = later('signingPage')
export const suspendUser = later('suspendUser')
export const sweepAll = later('sweepAll')
export const tokenPage = later('tokenPage')
export const unpairClient = later('unpairClient')
