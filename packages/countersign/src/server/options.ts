import { ConfigurationError } from '../protocol/errors.ts'
import { defaultLimits, type Limits } from '../protocol/limits.ts'
import type { SignatureMethod } from '../protocol/signature-methods.ts'
import type { OAuth1Event } from './events.ts'
import type { Awaitable } from './hooks.ts'
import type { Client } from './models.ts'
import { nearestName } from './nearest-name.ts'
import { shown, unknownName } from './option-kinds.ts'
import { originList, publicUrls } from './origin.ts'
import type { WithoutSecrets } from './without-secrets.ts'

/** A token and its secret, as a generator makes them. */
export interface GeneratedCredential {
  readonly oauthToken: string
  readonly oauthTokenSecret: string
}

/** A function that makes one random string, or `'module#export'`: where to import such a function from. */
export type StringGenerator = string | (() => Awaitable<string>)

/** What `AuthorizationServer` and `ResourceProtector` have in common. Every member has a default: see `defaults`. */
export interface CommonOptions {
  /** The methods that are accepted (§3.4). Default: HMAC-SHA1 alone. */
  readonly supportedSignatureMethods?: readonly string[]
  /** Own signature methods by name; list the name in `supportedSignatureMethods` too. */
  readonly signatureMethods?: Readonly<Record<string, SignatureMethod>>
  /** How far a timestamp may be from this server's clock, before or after (§3.3). Default 300. */
  readonly timestampWindowSeconds?: number
  /**
   * The scheme and host that clients call and sign, and the path prefix if a proxy strips one:
   * `https://api.example.com` or `https://example.com/api`. Of several the one counts whose host the request names, else
   * the first. Default: what the framework says of each request.
   */
  readonly origin?: string | readonly string[] | undefined
  /** The protection realm in challenges (§3.5.1). Default `OAuth`. */
  readonly realm?: string
  /** Accept plain HTTP where secrets travel: for localhost only. Default false. */
  readonly insecureTransport?: boolean
  /** Tell an unknown client, an unknown token and a bad signature apart: for development only. Default false. */
  readonly distinctErrors?: boolean
  /** How long one hook may take before the request is refused with a `StoreError`. Default 5; 0 waits for ever. */
  readonly storeTimeoutSeconds?: number
  /** Sizes over which a request is refused. */
  readonly limits?: Partial<Limits>
  /** The clock, in seconds since 1970. Default: the system's. */
  readonly now?: () => number
  /**
   * Is told what the operator should know; today the faults in one client's stored data. Nothing that it does changes an
   * answer. Default: a warning of the process for each client.
   */
  readonly on?: (event: OAuth1Event) => void
}

/** What `AuthorizationServer` takes besides. */
export interface IssuingOptions<C extends Client = Client> {
  /** Makes token and secret at once; takes precedence over the four options below. */
  readonly tokenGenerator?: () => Awaitable<GeneratedCredential>
  readonly oauthTokenGenerator?: StringGenerator
  readonly oauthTokenSecretGenerator?: StringGenerator
  /** Characters of a generated `oauth_token`. Default 42. */
  readonly tokenLength?: number
  /** Characters of a generated `oauth_token_secret`. Default 48. */
  readonly tokenSecretLength?: number
  /** How long the resource owner and the client have to finish the flow. Default 600. */
  readonly temporaryCredentialLifetimeSeconds?: number
  /** Accept any http(s) callback of a client that registered none. Default false: such a client can only use `oob`. */
  readonly allowUnregisteredCallbacks?: boolean
  /**
   * The schemes that a callback may have, beside private-use ones with a dot, such as `com.example.app` (RFC 8252 §7.1).
   * Default `https` and `http`.
   */
  readonly callbackSchemes?: readonly string[]
  /** Characters of a callback, at most. Default 2000. */
  readonly maxCallbackLength?: number
  /** Name the refused token as `denied`, too, in the redirect after a denial, for clients that look for it. Default false. */
  readonly deniedParameter?: boolean
  /** The HTML page of an `oob` flow; without it a plain one is shown. */
  verifierPage?(page: VerifierPage<C>): Awaitable<string>
}

/** What the page at the end of an `oob` flow has to say (§2.2). */
export interface VerifierPage<C extends Client = Client> {
  readonly client: WithoutSecrets<C>
  /** The code to type into the client, in any case, spaces and dashes as one likes; undefined when the resource owner denied. */
  readonly oauthVerifier: string | undefined
}

/** What `ResourceProtector` takes besides. */
export interface ProtectingOptions {
  /** Accept requests without a token, signed by the client alone (two-legged). Default false. */
  readonly twoLegged?: boolean
}

/** Every option that has a default. */
type Defaulted = Omit<CommonOptions, 'origin' | 'on'> &
  ProtectingOptions &
  Pick<
    IssuingOptions,
    | 'tokenLength'
    | 'tokenSecretLength'
    | 'temporaryCredentialLifetimeSeconds'
    | 'allowUnregisteredCallbacks'
    | 'callbackSchemes'
    | 'maxCallbackLength'
    | 'deniedParameter'
  >

/** Every option, completed. */
export type CompleteOptions<C extends Client = Client> = Omit<CommonOptions, keyof Defaulted> &
  Omit<IssuingOptions<C>, keyof Defaulted> &
  Required<Defaulted>

export const defaults: Required<Defaulted> = {
  supportedSignatureMethods: ['HMAC-SHA1'],
  signatureMethods: {},
  timestampWindowSeconds: 300,
  realm: 'OAuth',
  insecureTransport: false,
  distinctErrors: false,
  storeTimeoutSeconds: 5,
  limits: defaultLimits,
  now: (): number => Date.now() / 1000,
  tokenLength: 42,
  tokenSecretLength: 48,
  temporaryCredentialLifetimeSeconds: 600,
  allowUnregisteredCallbacks: false,
  callbackSchemes: ['https', 'http'],
  maxCallbackLength: 2_000,
  deniedParameter: false,
  twoLegged: false,
}

type EnvironmentOptions = CommonOptions & Omit<IssuingOptions, 'verifierPage'>

/**
 * Reads the classic names (`OAUTH1_TOKEN_LENGTH`, …) from the environment, or from any other object of settings.
 * The generators may be functions there. What is absent is left to the defaults.
 *
 * @throws ConfigurationError when a value is not of its kind, or a name is nearly one of these.
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
  const read = <T>(name: keyof typeof environmentNames, parse: (name: string, value: unknown) => T) => {
    const value = (settings as Readonly<Record<string, unknown>>)[name]
    return value === undefined || value === '' ? undefined : parse(name, value)
  }
  return withoutUndefined({
    oauthTokenGenerator: read('OAUTH1_TOKEN_GENERATOR', stringGenerator),
    oauthTokenSecretGenerator: read('OAUTH1_TOKEN_SECRET_GENERATOR', stringGenerator),
    tokenLength: read('OAUTH1_TOKEN_LENGTH', tokenLength),
    tokenSecretLength: read('OAUTH1_TOKEN_SECRET_LENGTH', tokenLength),
    supportedSignatureMethods: read('OAUTH1_SUPPORTED_SIGNATURE_METHODS', listOfNames),
    origin: read('OAUTH1_ORIGIN', originOrOrigins),
    insecureTransport: read('OAUTH1_INSECURE_TRANSPORT', isSwitchedOn),
  })
}

const environmentNames = {
  OAUTH1_TOKEN_GENERATOR: true,
  OAUTH1_TOKEN_SECRET_GENERATOR: true,
  OAUTH1_TOKEN_LENGTH: true,
  OAUTH1_TOKEN_SECRET_LENGTH: true,
  OAUTH1_SUPPORTED_SIGNATURE_METHODS: true,
  OAUTH1_ORIGIN: true,
  OAUTH1_INSECURE_TRANSPORT: true,
}

/** Only what is nearly one of ours: other programs have their variables here as well. */
function refuseMisspelt(settings: object): void {
  const known = Object.keys(environmentNames)
  for (const name of Object.keys(settings)) {
    if (Object.hasOwn(environmentNames, name) || !/^oauth_?1_/i.test(name)) continue
    if (nearestName(name, known, 2)) throw unknownName('optionsFromEnv', 'name', name, known)
  }
}

/** Only `true` and `1` switch on: any other word, `false` among them, leaves TLS demanded. */
function isSwitchedOn(_name: string, value: unknown): boolean {
  return value === true || value === 'true' || value === '1' || value === 1
}

/** One origin as it is, several as a list. */
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
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (Number.isInteger(number) && (number as number) > 0 && (number as number) <= longestToken)
    return number as number
  throw new ConfigurationError(
    `${name} must be a whole number from 1 to ${longestToken}; it is ${shown(value)}.`,
  )
}

/** What a header may hold of one value, by default. */
export const longestToken = 4_096

function listOfNames(name: string, value: unknown): readonly string[] {
  const names = typeof value === 'string' ? value.split(/[\s,]+/).filter(Boolean) : value
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

export function isStringGenerator(value: unknown): value is StringGenerator {
  return typeof value === 'function' || (typeof value === 'string' && /^[^#]+#[^#]+$/.test(value))
}

/** What is undefined is left out, so that the defaults apply. */
export function withoutUndefined<T extends object>(options: T): { [K in keyof T]?: NonNullable<T[K]> } {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as { [K in keyof T]?: NonNullable<T[K]> }
}
