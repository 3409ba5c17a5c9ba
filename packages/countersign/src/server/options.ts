import { ConfigurationError } from '../protocol/errors.ts'
import { defaultLimits, type Limits } from '../protocol/limits.ts'
import { builtInSignatureMethods, type SignatureMethod } from '../protocol/signature-methods.ts'
import type { EventListener } from './events.ts'
import type { Awaitable } from './hooks.ts'
import type { Client } from './models.ts'
import { checkPolicy, defaultPolicy, type Policy, type Profiles, policyFields } from './policy.ts'

/** A token and its secret, as a generator makes them. */
export interface GeneratedCredential {
  readonly oauthToken: string
  readonly oauthTokenSecret: string
}

/** A function that makes one random string, or `'module#export'`: where to import such a function from. */
export type StringGenerator = string | (() => Awaitable<string>)

/**
 * What `AuthorizationServer` and `ResourceProtector` have in common. Every option has a default. Those of `Policy` hold
 * for every client that has no policy of its own.
 */
export interface CommonOptions extends Partial<Policy> {
  /** Policies that clients can name in their own: `{ legacy: { supportedSignatureMethods: ['PLAINTEXT'] } }`. */
  readonly profiles?: Profiles
  /** Your own signature methods by name; list the name in `supportedSignatureMethods` too. */
  readonly signatureMethods?: Readonly<Record<string, SignatureMethod>>
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
  /** How long one hook may take before the request is refused with a `StoreError`. Default 5; 0 waits forever. */
  readonly storeTimeoutSeconds?: number
  /** Sizes over which a request is refused. */
  readonly limits?: Partial<Limits>
  /** The clock, in seconds since 1970. Default: the system's. */
  readonly now?: () => number
  /** Is told of everything that happens, for logs, metrics and audit; never of a secret. It changes no answer. */
  readonly on?: EventListener
}

/** The further options of `AuthorizationServer`. */
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
  /** The HTML page of an `oob` flow; without it a plain one is shown. */
  verifierPage?(page: VerifierPage<C>): Awaitable<string>
}

/** What the page at the end of an `oob` flow has to say (§2.2). */
export interface VerifierPage<C extends Client = Client> {
  readonly client: C
  /** The code to type into the client; undefined when the resource owner denied. */
  readonly oauthVerifier: string | undefined
}

type Optional =
  | 'origin'
  | 'on'
  | keyof Pick<
      IssuingOptions,
      'tokenGenerator' | 'oauthTokenGenerator' | 'oauthTokenSecretGenerator' | 'verifierPage'
    >

/** All options of one server as it uses them: completed, checked, and the policy's together. */
export interface ResolvedOptions
  extends Required<Omit<CommonOptions, keyof Policy | Optional | 'signatureMethods' | 'limits'>>,
    Required<Omit<IssuingOptions, Optional>>,
    Pick<CommonOptions & IssuingOptions, Optional> {
  /** For every client without a policy of its own. */
  readonly policy: Policy
  readonly limits: Limits
  /** Every method that a policy can name. */
  readonly methods: ReadonlyMap<string, SignatureMethod>
}

const defaults = {
  profiles: {},
  realm: 'OAuth',
  insecureTransport: false,
  distinctErrors: false,
  storeTimeoutSeconds: 5,
  now: (): number => Date.now() / 1000,
  tokenLength: 42,
  tokenSecretLength: 48,
  temporaryCredentialLifetimeSeconds: 600,
}

/** @throws ConfigurationError when an option is out of its range. */
export function resolveOptions(given: CommonOptions & IssuingOptions): ResolvedOptions {
  const { signatureMethods, limits, ...options } = withoutUndefined(given) as CommonOptions & IssuingOptions
  const policy = { ...defaultPolicy, ...pick(options, policyFields) }
  const resolved: ResolvedOptions = {
    ...defaults,
    ...options,
    policy,
    limits: { ...defaultLimits, ...withoutUndefined(limits ?? {}) },
    methods: new Map(Object.entries({ ...builtInSignatureMethods, ...signatureMethods })),
  }
  checkOptions(resolved)
  return options.origin === undefined ? resolved : { ...resolved, origin: checkedOrigin(options.origin) }
}

/** What JavaScript lets through where TypeScript would not, and what no type can say. */
function checkOptions(options: ResolvedOptions): void {
  const fail = (name: keyof ResolvedOptions, must: string): never => {
    throw new ConfigurationError(`${name} must be ${must}; it is ${JSON.stringify(options[name])}.`)
  }
  // A word is no switch: 'false' would be true.
  for (const name of ['insecureTransport', 'distinctErrors'] as const) {
    if (typeof options[name] !== 'boolean') fail(name, 'true or false')
  }
  // Ends of nonces and credentials are whole seconds in every store.
  for (const name of ['tokenLength', 'tokenSecretLength', 'temporaryCredentialLifetimeSeconds'] as const) {
    if (!(Number.isSafeInteger(options[name]) && options[name] > 0)) fail(name, 'a whole number above 0')
  }
  // No length is above NaN: it would switch the limit off.
  if (!Object.values(options.limits).every((limit) => limit > 0)) fail('limits', 'numbers above 0')
  const { storeTimeoutSeconds, realm, policy, profiles, on } = options
  // A longer timer fires at once.
  if (!(storeTimeoutSeconds >= 0 && storeTimeoutSeconds <= 2_147_483))
    fail('storeTimeoutSeconds', 'from 0 (wait forever) to 2147483')
  // It stands in a header.
  if (!/^[\t\x20-\x7e\xa0-\xff]*$/.test(realm)) fail('realm', 'of printable Latin-1 characters')
  if (on !== undefined && typeof on !== 'function') fail('on', 'a function')
  checkPolicy(policy)
  for (const profile of Object.values(profiles)) checkPolicy({ ...policy, ...profile })
}

/**
 * Methods can be registered after the options are set, so that a name is looked up at the first request.
 *
 * @throws ConfigurationError when a policy names a signature method that does not exist.
 */
export function requireMethods({ policy, profiles, methods }: ResolvedOptions): void {
  for (const { supportedSignatureMethods = [] } of [policy, ...Object.values(profiles)]) {
    for (const name of supportedSignatureMethods) {
      if (methods.has(name)) continue
      throw new ConfigurationError(
        `supportedSignatureMethods names ${name}, which does not exist. Known are ${[...methods.keys()].join(', ')}; add your own with registerSignatureMethod('${name}', symmetric(…)).`,
      )
    }
  }
}

/** @throws ConfigurationError unless it is scheme, host and perhaps a path. */
function checkedOrigin(origin: string): string {
  if (/^https?:\/\/[^/?#@\s]+(?:\/[^?#\s]*)?$/i.test(origin)) return origin.replace(/\/+$/, '')
  throw new ConfigurationError(
    `origin must be a scheme and a host, such as https://api.example.com; it is ${origin}.`,
  )
}

/** The URL that the client called: the public origin, and of what the framework saw only path and query. */
export function publicUrl(origin: string, url: string): string {
  return origin + url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '')
}

function pick<T extends object, K extends keyof T>(from: T, names: readonly K[]): Pick<T, K> {
  return Object.fromEntries(names.filter((name) => name in from).map((name) => [name, from[name]])) as Pick<
    T,
    K
  >
}

/** What is undefined is left out, so that the defaults apply. */
export function withoutUndefined<T extends object>(options: T): { [K in keyof T]?: NonNullable<T[K]> } {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as { [K in keyof T]?: NonNullable<T[K]> }
}
