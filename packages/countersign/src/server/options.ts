import { ConfigurationError } from '../protocol/errors.ts'
import { defaultLimits, type Limits } from '../protocol/limits.ts'
import type { SignatureMethod } from '../protocol/signature-methods.ts'
import type { Awaitable } from './hooks.ts'
import type { Client } from './models.ts'

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
   * `https://api.example.com` or `https://example.com/api`. Default: what the framework says of each request.
   */
  readonly origin?: string | undefined
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
  /**
   * The application's own parameters in the `Authorization` header: they are signed there (§3.4.1.3.1), but no framework
   * shows them to a handler, so anyone on the way could hide a parameter by moving it. `accept` is for clients that send
   * them so (xAuth, some of LTI), with handlers that read `request.parameters`. Default `refuse`.
   */
  readonly headerParameters?: 'refuse' | 'accept'
  /** The clock, in seconds since 1970. Default: the system's. */
  readonly now?: () => number
}

/** What `AuthorizationServer` takes besides. */
export interface IssuingOptions {
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
  /** The HTML page of an `oob` flow; without it a plain one is shown. */
  readonly verifierPage?: (page: VerifierPage) => Awaitable<string>
}

/** What the page at the end of an `oob` flow has to say (§2.2). */
export interface VerifierPage {
  readonly client: Client
  /** The code to type into the client; undefined when the resource owner denied. */
  readonly oauthVerifier: string | undefined
}

/** What `ResourceProtector` takes besides. */
export interface ProtectingOptions {
  /** Accept requests without a token, signed by the client alone (two-legged). Default false. */
  readonly twoLegged?: boolean
}

/** Every option, completed. */
export type CompleteOptions = Required<Omit<CommonOptions, 'origin'>> &
  Pick<CommonOptions, 'origin'> &
  Required<ProtectingOptions> &
  IssuingOptions &
  Required<
    Pick<
      IssuingOptions,
      | 'tokenLength'
      | 'tokenSecretLength'
      | 'temporaryCredentialLifetimeSeconds'
      | 'allowUnregisteredCallbacks'
    >
  >

export const defaults: CompleteOptions = {
  supportedSignatureMethods: ['HMAC-SHA1'],
  signatureMethods: {},
  timestampWindowSeconds: 300,
  realm: 'OAuth',
  insecureTransport: false,
  distinctErrors: false,
  storeTimeoutSeconds: 5,
  limits: defaultLimits,
  headerParameters: 'refuse',
  now: (): number => Date.now() / 1000,
  tokenLength: 42,
  tokenSecretLength: 48,
  temporaryCredentialLifetimeSeconds: 600,
  allowUnregisteredCallbacks: false,
  twoLegged: false,
}

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

/** What is undefined is left out, so that the defaults apply. */
export function withoutUndefined<T extends object>(options: T): { [K in keyof T]?: NonNullable<T[K]> } {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as { [K in keyof T]?: NonNullable<T[K]> }
}
