import { ConfigurationError } from '../errors.ts'
import { serverOptions } from './option-checks.ts'
import { shown } from './option-kinds.ts'
import type { CommonOptions, IssuingOptions } from './options.ts'

type Options = CommonOptions & IssuingOptions

/**
 * Makes the value of an option from the text of an environment variable. Text that it cannot read is left to the check.
 */
type Reader = (text: string) => unknown

const text: Reader = (given) => given
const number: Reader = (given) => (given.trim() === '' ? given : Number(given))
const list: Reader = (given) => given.split(/[\s,]+/).filter(Boolean)
const listOrAny: Reader = (given) => (given === 'any' ? given : list(given))
const onOrOff: Reader = (given) => ({ true: true, '1': true, false: false, '0': false })[given] ?? given

const textOrFalse: Reader = (given) => (given === 'false' ? false : given)

/** The options beyond the classic ones, by environment name. */
export const optionTexts: Readonly<Record<string, readonly [keyof Options, Reader]>> = {
  OAUTH1_REALM: ['realm', text],
  OAUTH1_TIMESTAMP_WINDOW_SECONDS: ['timestampWindowSeconds', number],
  OAUTH1_PLACES: ['places', list],
  OAUTH1_HEADER_PARAMETERS: ['headerParameters', text],
  OAUTH1_CALLBACK_RULE: ['callbackRule', text],
  OAUTH1_CALLBACK_SCHEMES: ['callbackSchemes', list],
  OAUTH1_MAX_CALLBACK_LENGTH: ['maxCallbackLength', number],
  OAUTH1_ALLOW_UNREGISTERED_CALLBACKS: ['allowUnregisteredCallbacks', onOrOff],
  OAUTH1_TWO_LEGGED: ['twoLegged', onOrOff],
  OAUTH1_BODY_HASH: ['bodyHash', text],
  OAUTH1_TOLERANCES: ['tolerances', list],
  OAUTH1_SCOPES: ['scopes', listOrAny],
  OAUTH1_REALM_SCOPE: ['realmScope', onOrOff],
  OAUTH1_GET_TOKEN_ENDPOINTS: ['getTokenEndpoints', onOrOff],
  OAUTH1_X_AUTH: ['xAuth', onOrOff],
  OAUTH1_TEMPORARY_CREDENTIAL_LIFETIME_SECONDS: ['temporaryCredentialLifetimeSeconds', number],
  OAUTH1_TOKEN_LIFETIME_SECONDS: ['tokenLifetimeSeconds', number],
  OAUTH1_TOKEN_IDLE_SECONDS: ['tokenIdleSeconds', number],
  OAUTH1_REPEATED_APPROVAL: ['repeatedApproval', text],
  OAUTH1_MAX_VERIFIER_TRIES: ['maxVerifierTries', number],
  OAUTH1_ADVICE: ['advice', onOrOff],
  OAUTH1_PROBLEM_REPORTING: ['problemReporting', onOrOff],
  OAUTH1_ERROR_PAGE: ['errorPage', textOrFalse],
  OAUTH1_DENIED_PARAMETER: ['deniedParameter', onOrOff],
  OAUTH1_STORE_TIMEOUT_SECONDS: ['storeTimeoutSeconds', number],
}

/**
 * The options found in the settings under these names.
 *
 * @throws ConfigurationError that names the variable, when a value is not of the option's kind.
 */
export function readOptionTexts(settings: Readonly<Record<string, unknown>>): Partial<Options> {
  const given = Object.entries(optionTexts).flatMap(([name, [option, read]]) => {
    const value = settings[name]
    if (value === undefined || value === '') return []
    const parsed = typeof value === 'string' ? read(value) : value
    const { must, holds } = serverOptions[option]
    if (!holds(parsed)) throw new ConfigurationError(`${name} must be ${must}; it is ${shown(value)}.`)
    return [[option, parsed] as const]
  })
  return Object.fromEntries(given)
}
