import { ConfigurationError } from '../errors.ts'
import { nearestName } from './nearest-name.ts'
import { isStringGenerator, longestToken } from './option-checks.ts'
import { shown, unknownName, withoutUndefined } from './option-kinds.ts'
import { optionTexts, readOptionTexts } from './option-texts.ts'
import { type CommonOptions, defaults, type IssuingOptions, type StringGenerator } from './options.ts'
import { originList, publicUrls } from './origin.ts'
import { defaultPolicy } from './policy.ts'

type EnvironmentOptions = CommonOptions &
  Omit<IssuingOptions, 'verifierPage' | 'checkPassword' | 'tokenParameters'>

/**
 * Reads the classic names (`OAUTH1_TOKEN_LENGTH`, …) and the other options' names (`OAUTH1_TWO_LEGGED`, …) from the
 * environment, or from any other object of settings. The generators may be functions there. Absent options have their
 * defaults.
 *
 * @throws ConfigurationError when a value is not of its kind, or a name is a near miss of one of these.
 * @example
 * ```ts
 * new AuthorizationServer({ ...optionsFromEnv(), hooks })
 * optionsFromEnv({ OAUTH1_SUPPORTED_SIGNATURE_METHODS: ['HMAC-SHA1', 'PLAINTEXT'] })
 * ```
 */
export function optionsFromEnv(settings: object = process.env): EnvironmentOptions {
  if (typeof settings !== 'object' || settings === null || Array.isArray(settings))
    throw new ConfigurationError('optionsFromEnv takes an object of settings, such as process.env.')
  refuseMisspelt(settings)
  const read = <T>(name: keyof typeof classicOptions, parse: (name: string, value: unknown) => T) => {
    const value = (settings as Readonly<Record<string, unknown>>)[name]
    return value === undefined || value === '' ? undefined : parse(name, value)
  }
  return withoutUndefined({
    ...readOptionTexts(settings as Readonly<Record<string, unknown>>),
    oauthTokenGenerator: read('OAUTH1_TOKEN_GENERATOR', stringGenerator),
    oauthTokenSecretGenerator: read('OAUTH1_TOKEN_SECRET_GENERATOR', stringGenerator),
    tokenLength: read('OAUTH1_TOKEN_LENGTH', tokenLength),
    tokenSecretLength: read('OAUTH1_TOKEN_SECRET_LENGTH', tokenLength),
    supportedSignatureMethods: read('OAUTH1_SUPPORTED_SIGNATURE_METHODS', listOfNames),
    origin: read('OAUTH1_ORIGIN', originOrOrigins),
    insecureTransport: read('OAUTH1_INSECURE_TRANSPORT', isSwitchedOn),
  })
}

const classicOptions = {
  OAUTH1_TOKEN_GENERATOR: 'oauthTokenGenerator',
  OAUTH1_TOKEN_SECRET_GENERATOR: 'oauthTokenSecretGenerator',
  OAUTH1_TOKEN_LENGTH: 'tokenLength',
  OAUTH1_TOKEN_SECRET_LENGTH: 'tokenSecretLength',
  OAUTH1_SUPPORTED_SIGNATURE_METHODS: 'supportedSignatureMethods',
  OAUTH1_ORIGIN: 'origin',
  OAUTH1_INSECURE_TRANSPORT: 'insecureTransport',
} as const satisfies Record<string, keyof EnvironmentOptions>

const classicNames = Object.keys(classicOptions) as (keyof typeof classicOptions)[]

/**
 * Every name that `optionsFromEnv` reads, with the default of its option; undefined if it has none. Use it in a program
 * that shows its settings.
 *
 * @example
 * ```ts
 * environmentDefaults['OAUTH1_REALM'] // 'OAuth'
 * ```
 */
export const environmentDefaults: Readonly<Record<string, unknown>> = Object.fromEntries(
  Object.entries({
    ...classicOptions,
    ...Object.fromEntries(Object.entries(optionTexts).map(([name, [option]]) => [name, option])),
  }).map(([name, option]) => [name, ({ ...defaults, ...defaultPolicy } as Record<string, unknown>)[option]]),
)

/** Only near misses of our names: other programs have variables here too. */
function refuseMisspelt(settings: object): void {
  const known: readonly string[] = [...classicNames, ...Object.keys(optionTexts)]
  for (const name of Object.keys(settings)) {
    if (known.includes(name) || !/^oauth_?1_/i.test(name)) continue
    if (nearestName(name, known, 2)) throw unknownName('optionsFromEnv', 'name', name, known)
  }
}

/** Only `true` and `1` switch it on: with any other word, including `false`, TLS stays required. */
function isSwitchedOn(_name: string, value: unknown): boolean {
  return value === true || value === 'true' || value === '1' || value === 1
}

/** One origin as a string, several as a list. */
function originOrOrigins(name: string, value: unknown): string | readonly string[] {
  const isList = Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string')
  if (typeof value !== 'string' && !isList)
    throw new ConfigurationError(`${name} must be a text, or a list of such; it is ${shown(value)}.`)
  try {
    publicUrls(value)
  } catch (cause) {
    throw new ConfigurationError(`${name}: ${(cause as Error).message}`)
  }
  const [first, ...others] = originList(value)
  return others.length === 0 && first !== undefined ? first : [first as string, ...others]
}

function tokenLength(name: string, value: unknown): number {
  const number = typeof value === 'string' ? Number(value) : value
  if (Number.isInteger(number) && (number as number) > 0 && (number as number) <= longestToken)
    return number as number
  throw new ConfigurationError(
    `${name} must be a whole number from 1 to ${longestToken}; it is ${shown(value)}.`,
  )
}

function listOfNames(name: string, value: unknown): readonly string[] {
  const names = typeof value === 'string' ? value.split(/[\s,]/).filter(Boolean) : value
  if (Array.isArray(names) && names.length > 0 && names.every((item) => typeof item === 'string'))
    return names
  throw new ConfigurationError(
    `${name} must be a list of names such as HMAC-SHA1,PLAINTEXT; it is ${shown(value)}.`,
  )
}

function stringGenerator(name: string, value: unknown): StringGenerator {
  if (isStringGenerator(value)) return value
  throw new ConfigurationError(
    `${name} must be a function or 'module#export', the place to import one from; it is ${shown(value)}.`,
  )
}
