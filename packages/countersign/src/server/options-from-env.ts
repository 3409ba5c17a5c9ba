import { ConfigurationError } from '../protocol/errors.ts'
import { type CommonOptions, type IssuingOptions, type StringGenerator, withoutUndefined } from './options.ts'

/**
 * Reads the classic names (`OAUTH1_TOKEN_LENGTH`, …) from the environment, or from any other object of settings.
 * The generators may be functions there. What is absent is left to the defaults.
 *
 * @throws ConfigurationError when a value is not of its kind.
 * @example
 * ```ts
 * new AuthorizationServer({ ...optionsFromEnv(), hooks })
 * optionsFromEnv({ OAUTH1_SUPPORTED_SIGNATURE_METHODS: ['HMAC-SHA1', 'PLAINTEXT'] })
 * ```
 */
export function optionsFromEnv(settings: object = process.env): CommonOptions & IssuingOptions {
  const read = <T>(name: string, parse: (name: string, value: unknown) => T): T | undefined => {
    const value = (settings as Readonly<Record<string, unknown>>)[name]
    return value === undefined || value === '' ? undefined : parse(name, value)
  }
  return withoutUndefined({
    oauthTokenGenerator: read('OAUTH1_TOKEN_GENERATOR', stringGenerator),
    oauthTokenSecretGenerator: read('OAUTH1_TOKEN_SECRET_GENERATOR', stringGenerator),
    tokenLength: read('OAUTH1_TOKEN_LENGTH', wholeNumber),
    tokenSecretLength: read('OAUTH1_TOKEN_SECRET_LENGTH', wholeNumber),
    supportedSignatureMethods: read('OAUTH1_SUPPORTED_SIGNATURE_METHODS', listOfNames),
    origin: read('OAUTH1_ORIGIN', text),
    insecureTransport: read('OAUTH1_INSECURE_TRANSPORT', isSwitchedOn),
  })
}

/** Only `true` and `1` switch on: any other word, `false` among them, leaves TLS demanded. */
function isSwitchedOn(_name: string, value: unknown): boolean {
  return value === true || value === 'true' || value === '1' || value === 1
}

function text(name: string, value: unknown): string {
  if (typeof value === 'string') return value
  throw new ConfigurationError(`${name} must be a string; it is ${JSON.stringify(value)}.`)
}

function wholeNumber(name: string, value: unknown): number {
  const number = typeof value === 'string' ? Number(value) : value
  if (typeof number === 'number' && Number.isInteger(number) && number > 0) return number
  throw new ConfigurationError(`${name} must be a whole number above 0; it is ${JSON.stringify(value)}.`)
}

function listOfNames(name: string, value: unknown): readonly string[] {
  const names = typeof value === 'string' ? value.split(/[\s,]+/).filter(Boolean) : value
  if (Array.isArray(names) && names.length > 0 && names.every((item) => typeof item === 'string'))
    return names
  throw new ConfigurationError(
    `${name} must be a list of names such as HMAC-SHA1,PLAINTEXT; it is ${JSON.stringify(value)}.`,
  )
}

function stringGenerator(name: string, value: unknown): StringGenerator {
  if (typeof value === 'string' || typeof value === 'function') return value as StringGenerator
  throw new ConfigurationError(`${name} must be a function or 'module#export', the place to import one from.`)
}
