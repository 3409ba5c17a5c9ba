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

/** A function that makes one random string, or `'module#export'`: where to import such a function from. */
export type StringGenerator = string | (() => Awaitable<string>)

/**
 * What `AuthorizationServer` and `ResourceProtector` have in common. Every option has a default. Those of `Policy` hold
 * for every client without a policy.
 */
export interface CommonOptions extends Partial<Policy> {
  /** Policies that clients can name in their own: `{ legacy: { supportedSignatureMethods: ['PLAINTEXT'] } }`. */
  readonly profiles?: Profiles
  /** Your own signature methods by name; list the name in `supportedSignatureMethods` too. */
  readonly signatureMethods?: Readonly<Record<string, SignatureMethod>>
  /**
   * The scheme and host that clients call and sign, and the path prefix if a proxy strips one:
   * `https://api.example.com` or `https://example.com/api`. Of several the one counts whose host the request names, or
   * else the first. Default: what the framework says of each request.
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
   * Report what is wrong in the words of the OAuth Problem Reporting extension, too: `oauth_problem` and its companions, in
   * the body and in `WWW-Authenticate`. Default false.
   */
  readonly problemReporting?: boolean
  /**
   * The address of a page with a heading for each error code: refusals then carry `error_uri` (RFC 6749 §5.2), which is this
   * address with the code as its fragment. `docs/errors.md` is such a page. Default false: no link.
   */
  readonly errorPage?: string | false
  /** Sizes over which a request is refused. */
  readonly limits?: Partial<Limits>
  /** The clock, in seconds since 1970. Default: the system's. */
  readonly now?: () => number
  /**
   * Is told of everything that happens, for logs, metrics and audit; never of a secret. It changes no response. Default:
   * faults in a client's stored data become a warning of the process, once each.
   */
  readonly on?: EventListener
  /**
   * Finds out why a signature does not match: `diagnoser()` of `countersign/diagnose`. What it finds is in the event
   * `refused`, and for clients whose policy has `advice` in the answer. Without it, nothing is looked into.
   */
  readonly diagnose?: Diagnose
  /**
   * Is called for each request whose signature holds, before anything is done for it, and refuses it by throwing an
   * `OAuth1Error`: for rules that go by client, method or date, such as the end of a method. It must not return a promise.
   */
  readonly admit?: Admit
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
  /**
   * The schemes that a callback may have, beside private-use ones with a dot, such as `com.example.app` (RFC 8252 §7.1).
   * Default `https` and `http`.
   */
  readonly callbackSchemes?: readonly string[]
  /** Characters of a callback, at most. Default 2000. */
  readonly maxCallbackLength?: number
  /** Name the refused token as `denied`, too, in the redirect after a denial, for clients that look for it. Default false. */
  readonly deniedParameter?: boolean
  /**
   * Checks a user's name and password, for clients whose policy has `xAuth`; undefined or null where they are wrong. Limit
   * the tries of each name yourself, as for any sign-in.
   */
  checkPassword?(credentials: PasswordCredentials<C>): Awaitable<User | undefined | null>
  /**
   * Further pairs in the response with a token (§2.3), such as `user_id` and `screen_name`. It is called before the token is
   * issued, so that nothing is lost where it fails.
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

/** Whose token is about to be issued, and for what. */
export interface TokenSubject<C extends Client = Client> {
  readonly client: WithoutSecrets<C>
  readonly userId: UserId | undefined
  /** Space-separated. */
  readonly scope: string | undefined
}

/** What the page at the end of an `oob` flow has to say (§2.2). */
export interface VerifierPage<C extends Client = Client> {
  readonly client: WithoutSecrets<C>
  /** The code to type into the client, in any case, with spaces and dashes at will; undefined when the resource owner denied. */
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

/** All options of one server as it uses them: completed, checked, and the policy's together. */
export interface ResolvedOptions
  extends Required<Omit<CommonOptions, keyof Policy | Optional | 'signatureMethods' | 'limits' | 'origin'>>,
    Required<Omit<IssuingOptions, Optional>>,
    Pick<CommonOptions & IssuingOptions, Optional> {
  /** For every client without a policy. */
  readonly policy: Policy
  readonly limits: Limits
  /** Every method that a policy can name. */
  readonly methods: ReadonlyMap<string, SignatureMethod>
  /** What the server's policy and its profiles tolerate, where they tolerate anything. */
  readonly toleranceLists: readonly (readonly Tolerance[])[]
  /** Puts the public origin in the place of the one that the framework saw; undefined where none is set. */
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
 * Options that were checked by name and kind, completed.
 *
 * @param limitsOfKind - What a server of this kind takes where `limits` says nothing else.
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
 * Methods can be registered after the options are set, so that a name is looked up at the first request.
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
