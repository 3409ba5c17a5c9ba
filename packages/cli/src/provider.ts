import type * as Provider from '@countersign/provider'

// The provider is loaded by the commands that work on its database, and by no other: it is most of what a command loads.

export type {
  ClientMode,
  NewToken,
  Services,
  SettingsInput,
  TokenSummary,
} from '@countersign/provider'
export { InputError } from '@countersign/provider/input-error'

/** The functions of the provider that return promises, which can as well wait until it is loaded. */
type Later = {
  [Name in keyof typeof Provider]: (typeof Provider)[Name] extends (...given: never[]) => Promise<unknown>
    ? Name
    : never
}[keyof typeof Provider]

/** The provider itself, for its other functions. */
export function loadProvider(): Promise<typeof Provider> {
  return import('@countersign/provider')
}

function later<Name extends Later>(name: Name): (typeof Provider)[Name] {
  const call = async (...given: never[]) => {
    const functions: Record<Later, (...given: never[]) => unknown> = await loadProvider()
    return functions[name](...given)
  }
  return call as (typeof Provider)[Name]
}

export const changeClient = later('changeClient')
export const changePassword = later('changePassword')
export const createAccount = later('createAccount')
export const findAccount = later('findAccount')
export const findClient = later('findClient')
export const issueToken = later('issueToken')
export const listAccounts = later('listAccounts')
export const listClients = later('listClients')
export const listTokens = later('listTokens')
export const registerClient = later('registerClient')
export const removeClient = later('removeClient')
export const replaceSecret = later('replaceSecret')
export const revokeToken = later('revokeToken')
export const revokeTokens = later('revokeTokens')
export const setClientMode = later('setClientMode')
export const setClientPolicy = later('setClientPolicy')
