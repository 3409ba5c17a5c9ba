import { ConfigurationError } from '../errors.ts'
import type { Tolerance } from '../protocol/departures.ts'
import type { Limits } from '../protocol/limits.ts'
import { builtInSignatureMethods, type SignatureMethod } from '../protocol/signature-methods.ts'
import type { Admit } from './admission.ts'
import type { EventListener } from './events.ts'
import type { Awaitable } from './hooks.ts'
import type { Client, User, UserId } from './models.ts'
import { nearestName } from './nearest-name.ts'
import { withoutUndefined } from './option-kinds.ts'
import { publicUrls } from './origin.ts'
import type { MostKeys } from './other-keys.ts'
import { defaultPolicy, type Policy, type Profiles, policyFields } from './policy.ts'
import type { Diagnose } from './refusal.ts'
import type { UsedTimestamps } from './used-timestamps.ts'
import type { WithoutSecrets } from './without-secrets.ts'

/** A token and its secret, as a generator makes them. */
export interface GeneratedCredential {
  readonly oauthToken: string
  readonly oauthTokenSecret: string
}

/** A function that makes one random string, or `'module#export'`, the place to import one from. */
export type StringGenerator = string | (() => Awaitable<string>)

/**
 * What `AuthorizationServer` and `ResourceProtector` have in common. Every option has a default. The options of
 * `Policy` apply to every client without its own.
 */
export interface CommonOptions extends Partial<Policy> {
  /** Policies that clients can name in their own: `{ legacy: { supportedSignatureMethods: ['PLAINTEXT'] } }`. */
  readonly profiles?: Profiles
  /** Custom signature methods by name; list the name in `supportedSignatureMethods` too. */
  readonly signatureMethods?: Readonly<Record<string, SignatureMethod>>
  /**
   * The scheme and host that clients call and sign, and the path prefix if a proxy strips one:
   * `https://api.example.com` or `https://example.com/api`. With several, the one whose host the request names counts,
   * otherwise the first. Default: the framework's view of each request.
   */
  readonly origin?: string | readonly string[] | undefined
  /** The protection realm in challenges (§3.5.1). Default `OAuth`. */
  readonly realm?: string
  /**
   * Accept plain HTTP where secrets travel. Default false.
   *
   * @deprecated Dangerous: for development on localhost only. Not really deprecated; your editor marks it so that it
   * stands out.
   */
  readonly insecureTransport?: boolean
  /**
   * Tell an unknown client, an unknown token and a bad signature apart. Default false.
   *
   * @deprecated Dangerous: for development only, because strangers learn which clients and tokens exist. Not really
   * deprecated; your editor marks it so that it stands out.
   */
  readonly distinctErrors?: boolean
  /** How long one hook may take before the request is refused with a `StoreError`. Default 5; 0 waits forever. */
  readonly storeTimeoutSeconds?: number
  /**
   * Also report errors in the terms of the OAuth Problem Reporting extension: `oauth_problem` and its companions, in
   * the body and in `WWW-Authenticate`. Default false.
   */
  readonly problemReporting?: boolean
  /**
   * The address of a page with a heading for each error code: refusals then carry `error_uri` (RFC 6749 §5.2), which is this
   * address with the code as its fragment. `docs/errors.md` is such a page. Default false: no link.
   */
  readonly errorPage?: string | false
  /** Sizes above which a request is refused. */
  readonly limits?: Partial<Limits>
  /** The clock, in seconds since 1970. Default: the system's. */
  readonly now?: () => number
  /**
   * Receives an event for everything that happens, for logs, metrics and audit, never a secret. It changes no response.
   * Default: a fault in a client's stored data becomes a process warning, once each.
   */
  readonly on?: EventListener
  /**
   * Finds out why a signature does not match: `diagnoser()` of `countersign/diagnose`. Its findings are in the event
   * `refused` and, for clients whose policy has `advice`, in the response. Without it, refusals are not diagnosed.
   */
  readonly diagnose?: Diagnose
  /**
   * Called for each request with a valid signature, before anything is done for it; refuses the request by throwing an
   * `OAuth1Error`. For rules by client, method or date, such as the retirement of a method. It must not return a
   * promise.
   */
  readonly admit?: Admit
}

/** The further options of `AuthorizationServer`. */
export interface IssuingOptions<C extends Client = Client> {
  /** Makes token and secret together; takes precedence over the four options below. */
  readonly tokenGenerator?: () => Awaitable<GeneratedCredential>
  readonly oauthTokenGenerator?: StringGenerator
  readonly oauthTokenSecretGenerator?: StringGenerator
  /** Length of a generated `oauth_token` in characters. Default 42. */
  readonly tokenLength?: number
  /** Length of a generated `oauth_token_secret` in characters. Default 48. */
  readonly tokenSecretLength?: number
  /** How long the resource owner and the client have to finish the flow, in seconds. Default 600. */
  readonly temporaryCredentialLifetimeSeconds?: number
  /**
   * The schemes that a callback may have, in addition to private-use ones with a dot, such as `com.example.app` (RFC
   * 8252 §7.1). Default `https` and `http`.
   */
  readonly callbackSchemes?: readonly string[]
  /** The maximum length of a callback in characters. Default 2000. */
  readonly maxCallbackLength?: number
  /**
   * Also send the refused token as `denied` in the redirect after a denial, for clients that look for it. Default
   * false.
   */
  readonly deniedParameter?: boolean
  /**
   * Checks a user's name and password, for clients whose policy has `xAuth`; returns undefined or null if they are
   * wrong. Limit the attempts for each name yourself, as for any sign-in.
   */
  checkPassword?(credentials: PasswordCredentials<C>): Awaitable<User | undefined | null>
  /**
   * Further pairs in the response with a token (§2.3), such as `user_id` and `screen_name`. It is called before the
   * token is issued, so that nothing is lost if it fails.
   */
  tokenParameters?(issued: TokenSubject<C>): Awaitable<Readonly<Record<string, string>>>
  /** The HTML page of an `oob` flow; without it a plain one is shown. */
  verifierPage?(page: VerifierPage<C>): Awaitable<string>
}

/** What a client sends for xAuth. */
export interface PasswordCredentials<C extends Client = Client> {
  readonly client: WithoutSecrets<C>
  readonly username: string
  readonly password: string
}

/** The client, user and scope of a token that is about to be issued. */
export interface TokenSubject<C extends Client = Client> {
  readonly client: WithoutSecrets<C>
  readonly userId: UserId | undefined
  /** Space-separated. */
  readonly scope: string | undefined
}

/** The content of the page at the end of an `oob` flow (§2.2). */
export interface VerifierPage<C extends Client = Client> {
  readonly client: WithoutSecrets<C>
  /**
   * The code to type into the client, in upper or lower case, with or without spaces and dashes; undefined when the
   * resource owner denied.
   */
  readonly oauthVerifier: string | undefined
}

type Optional =
  | 'origin'
  | 'on'
  | 'diagnose'
  | 'admit'
  | keyof Pick<
      IssuingOptions,
      | 'tokenGenerator'
      | 'oauthTokenGenerator'
      | 'oauthTokenSecretGenerator'
      | 'checkPassword'
      | 'tokenParameters'
      | 'verifierPage'
    >

/** All options of one server as it uses them: checked, with defaults, and the policy's options grouped. */
export interface ResolvedOptions
  extends Required<Omit<CommonOptions, keyof Policy | Optional | 'signatureMethods' | 'limits' | 'origin'>>,
    Required<Omit<IssuingOptions, Optional>>,
    Pick<CommonOptions & IssuingOptions, Optional> {
  /** For every client without a policy. */
  readonly policy: Policy
  readonly limits: Limits
  /** Every method that a policy may name. */
  readonly methods: ReadonlyMap<string, SignatureMethod>
  /** The tolerances of the server's policy and its profiles, if there are any. */
  readonly toleranceLists: readonly (readonly Tolerance[])[]
  /** Replaces the origin that the framework saw by the public one; undefined if none is set. */
  readonly publicUrl: ((url: string) => string) | undefined
  /** Which timestamps are used up, whatever the clock says. */
  readonly usedTimestamps: UsedTimestamps
  /** How many keys are tried before a signature is refused. */
  readonly mostKeys: MostKeys
}

export const defaults = {
  profiles: {},
  realm: 'OAuth',
  insecureTransport: false,
  distinctErrors: false,
  storeTimeoutSeconds: 5,
  now: (): number => Date.now() / 1000,
  tokenLength: 42,
  tokenSecretLength: 48,
  temporaryCredentialLifetimeSeconds: 600,
  callbackSchemes: ['https', 'http'] as readonly string[],
  maxCallbackLength: 2_000,
  deniedParameter: false,
  problemReporting: false,
  errorPage: false as string | false,
}

/**
 * The options, already checked by name and kind, with their defaults.
 *
 * @param limitsOfKind - The default limits of this kind of server.
 * @throws ConfigurationError when two of them contradict each other.
 */
export function resolveOptions(
  given: CommonOptions & IssuingOptions,
  limitsOfKind: Limits,
  state: Pick<ResolvedOptions, 'usedTimestamps' | 'mostKeys'>,
): ResolvedOptions {
  const { signatureMethods, limits: someLimits, origin, ...options } = withoutUndefined(given) as typeof given
  const limits = { ...limitsOfKind, ...withoutUndefined(someLimits ?? {}) }
  for (const name of ['tokenLength', 'tokenSecretLength'] as const) {
    if ((options[name] ?? 0) > limits.maxValueLength)
      throw new ConfigurationError(`${name} must be at most limits.maxValueLength, ${limits.maxValueLength}.`)
  }
  const policy: Policy = { ...defaultPolicy, ...pick(options, policyFields) }
  return {
    ...defaults,
    ...options,
    policy,
    toleranceLists: toleranceLists([policy, ...Object.values(options.profiles ?? {})]),
    limits,
    methods: new Map(Object.entries({ ...builtInSignatureMethods, ...signatureMethods })),
    publicUrl: origin === undefined ? undefined : publicUrls(origin),
    ...state,
  }
}

/**
 * Methods can be registered after the options are set, so names are looked up at the first request.
 *
 * @throws ConfigurationError when a policy names a signature method that does not exist.
 */
export function requireMethods({ policy, profiles, methods }: ResolvedOptions): void {
  for (const { supportedSignatureMethods = [] } of [policy, ...Object.values(profiles)]) {
    for (const name of supportedSignatureMethods) {
      if (methods.has(name)) continue
      const nearest = nearestName(name, [...methods.keys()], 2)
      throw new ConfigurationError(
        `supportedSignatureMethods names ${name}, which does not exist. ${nearest ? `Did you mean ${nearest}? ` : ''}The methods are ${[...methods.keys()].join(', ')}; add your own with registerSignatureMethod('${name}', symmetric(…)).`,
      )
    }
  }
}

function toleranceLists(policies: readonly Partial<Policy>[]): readonly (readonly Tolerance[])[] {
  const lists = policies.flatMap(({ tolerances = [] }) => (tolerances.length > 0 ? [tolerances] : []))
  return [...new Map(lists.map((list) => [list.join(), list])).values()]
}

function pick<T extends object, K extends keyof T>(from: T, names: readonly K[]): Pick<T, K> {
  return Object.fromEntries(names.filter((name) => name in from).map((name) => [name, from[name]])) as Pick<
    T,
    K
  >
}
