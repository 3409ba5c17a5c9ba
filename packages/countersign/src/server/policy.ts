import { ConfigurationError } from '../errors.ts'
import { type Tolerance, tolerances } from '../protocol/departures.ts'
import type { Place } from '../protocol/parsed-values.ts'
import {
  checkOptions,
  type Kinds,
  oneOf,
  trueOrFalse,
  wholeNumber,
  withoutUndefined,
} from './option-kinds.ts'

/**
 * What clients may do, as plain data, so that a store can keep it in a column. The options of a server are its policy
 * for everyone; a client's own policy overrides it for that client alone.
 */
export interface Policy {
  /** The accepted signature methods (§3.4). Default: HMAC-SHA1 alone. */
  readonly supportedSignatureMethods: readonly string[]
  /** How far a timestamp may be from this server's clock, in either direction, in seconds (§3.3). Default 300. */
  readonly timestampWindowSeconds: number
  /** Where the protocol parameters may stand (§3.5). Default: all three places. */
  readonly places: readonly Place[]
  /**
   * The application's own parameters in the `Authorization` header: they are signed there (§3.4.1.3.1), but no
   * framework shows them to a handler, so anyone in transit could hide a parameter by moving it. `accept` is for
   * clients that send them so (xAuth, some of LTI), with handlers that read `request.parameters`. Default `refuse`.
   *
   * @deprecated Dangerous if set to `accept`, unless every handler reads `request.parameters`. Not really deprecated;
   *   your editor marks it so that it stands out.
   */
  readonly headerParameters: 'refuse' | 'accept'
  /**
   * How a callback is compared with the registered ones (§2.1): `exact` as a URI, with any query where the registered
   * one has none, or `prefix`, which also accepts every path below a registered one. Default `exact`.
   */
  readonly callbackRule: 'exact' | 'prefix'
  /**
   * Accept any http(s) callback of a client that registered none. Default false: such a client can only use `oob`.
   *
   * @deprecated Dangerous: for development only, because anyone who holds a client's secret can redirect approvals
   *   anywhere. Not really deprecated; your editor marks it so that it stands out.
   */
  readonly allowUnregisteredCallbacks: boolean
  /** Accept requests without a token, signed by the client alone (two-legged). Default false. */
  readonly twoLegged: boolean
  /**
   * How to treat `oauth_body_hash`, which covers a body that is not a form: `verified` whenever a client sends it,
   * `required` with every protected request that carries no form, or `ignored`. A form is signed itself, so a hash with
   * one is refused unless hashes are ignored. The hash is the signature method's; the tolerance `sha1-body-hash`
   * accepts SHA-1 as well. Default `verified`.
   */
  readonly bodyHash: 'ignored' | 'verified' | 'required'
  /** Departures from the RFC that real clients make, none of which allows a request to be altered. Default: none. */
  readonly tolerances: readonly Tolerance[]
  /**
   * The scopes that the client may ask for in the `scope` parameter of the temporary credential request. `any` leaves
   * the choice to the resource owner. Default `any`.
   */
  readonly scopes: 'any' | readonly string[]
  /**
   * Read the realm of that request as the requested scope, as oauthlib's clients send it. A realm is not signed: the
   * resource owner sees it, and only TLS protects it in transit. Default false.
   */
  readonly realmScope: boolean
  /**
   * Accept GET at the token endpoints, where the RFC allows only POST (§2.1, §2.3), and to renew or revoke a token.
   * Default false.
   */
  readonly getTokenEndpoints: boolean
  /**
   * Exchange a user's name and password for a token (xAuth), without the resource owner's consent. The server needs the
   * option `checkPassword`. Default false.
   *
   * @deprecated Dangerous: the client sees the password. For old clients that cannot open a browser. Not really
   * deprecated; your editor marks it so that it stands out.
   */
  readonly xAuth: boolean
  /**
   * How long a token from the flow is valid after it is issued, in seconds; 0 is forever. Tokens from `issueToken` do
   * not expire by it. Default 0.
   */
  readonly tokenLifetimeSeconds: number
  /**
   * How long a token may go unused, in seconds; 0 is forever. An idle token can be renewed. The store needs the hook
   * `recordTokenUse`. Default 0.
   */
  readonly tokenIdleSeconds: number
  /**
   * What happens when the same user approves the same client again, or exchanges the password again (xAuth): `issue`
   * one more token, `replace` the earlier ones with a new one, or `reuse` the earlier one if its scope is the same. The
   * last two need the hook `listTokens`, and `revokeToken` or `queryToken`. Default `issue`.
   */
  readonly repeatedApproval: 'issue' | 'replace' | 'reuse'
  /**
   * How many signed requests with a wrong `oauth_verifier` spend the temporary credential. A code that people type
   * (`oob`) can be tried this many times in all, including the right one. Default 5.
   */
  readonly maxVerifierTries: number
  /**
   * Say in the response why a signature does not match, to a sender who proved a secret of this client; for clients in
   * development. It needs the server option `diagnose`. The search takes some milliseconds, which tell a stranger that
   * the client exists and is in development. Default false.
   */
  readonly advice: boolean
}

/** The policy of one client, as its `policy` field and a store's column hold it. */
export interface ClientPolicy extends Partial<Policy> {
  /** The name of one of the server's `profiles`; the client's other fields take precedence over it. */
  readonly profile?: string
}

/** A server's policies by name. */
export type Profiles = Readonly<Record<string, Partial<Policy>>>

export const defaultPolicy: Policy = {
  supportedSignatureMethods: ['HMAC-SHA1'],
  timestampWindowSeconds: 300,
  places: ['header', 'body', 'query'],
  headerParameters: 'refuse',
  callbackRule: 'exact',
  allowUnregisteredCallbacks: false,
  twoLegged: false,
  bodyHash: 'verified',
  tolerances: [],
  scopes: 'any',
  realmScope: false,
  getTokenEndpoints: false,
  xAuth: false,
  tokenLifetimeSeconds: 0,
  tokenIdleSeconds: 0,
  repeatedApproval: 'issue',
  maxVerifierTries: 5,
  advice: false,
}

/** The widest window, a year: timestamps further away are refused before any look-up. */
export const maxTimestampWindowSeconds = 31_536_000

/**
 * The policy of one client: the server's, overridden by the profile that the client names, overridden by the client's
 * own.
 *
 * @throws ConfigurationError when the client's policy names a profile that does not exist, or holds a wrong value.
 */
export function policyOf(own: ClientPolicy, server: Policy, profiles: Profiles): Policy {
  checkOptions('The policy of a client', own, clientPolicyKinds)
  const { profile, ...fields } = own
  const named = profile === undefined ? {} : Object.hasOwn(profiles, profile) ? profiles[profile] : undefined
  if (named === undefined) {
    throw new ConfigurationError(
      `The policy of a client names the profile ${profile}, which is not among the server's profiles (${Object.keys(profiles).join(', ') || 'none'}). Add it to the option profiles.`,
    )
  }
  return { ...server, ...withoutUndefined(named), ...withoutUndefined(fields) }
}

/** The permitted values of a policy's fields; the options of a server have the same names. */
export const policyKinds: Kinds<Policy> = {
  supportedSignatureMethods: {
    must: 'a list of at least one method, such as HMAC-SHA1',
    holds: (value) => isListOf(value, (item) => typeof item === 'string' && /^\S+$/.test(item)),
  },
  timestampWindowSeconds: wholeNumber(1, maxTimestampWindowSeconds),
  places: {
    must: "a list of 'header', 'body' and 'query'",
    holds: (value) => isListOf(value, (item) => item === 'header' || item === 'body' || item === 'query'),
  },
  headerParameters: oneOf('refuse', 'accept'),
  callbackRule: oneOf('exact', 'prefix'),
  allowUnregisteredCallbacks: trueOrFalse,
  twoLegged: trueOrFalse,
  bodyHash: oneOf('ignored', 'verified', 'required'),
  tolerances: {
    must: `a list of ${tolerances.join(', ')}`,
    holds: (value) => Array.isArray(value) && value.every((item) => tolerances.includes(item)),
  },
  scopes: {
    must: "'any', or a list of scopes without spaces",
    holds: (value) =>
      value === 'any' ||
      (Array.isArray(value) && value.every((item) => typeof item === 'string' && /^\S+$/.test(item))),
  },
  realmScope: trueOrFalse,
  getTokenEndpoints: trueOrFalse,
  xAuth: trueOrFalse,
  tokenLifetimeSeconds: wholeNumber(0),
  tokenIdleSeconds: wholeNumber(0),
  repeatedApproval: oneOf('issue', 'replace', 'reuse'),
  maxVerifierTries: wholeNumber(1, 100),
  advice: trueOrFalse,
}

/** The names of a policy's fields. */
export const policyFields = Object.keys(policyKinds) as readonly (keyof Policy)[]

const clientPolicyKinds: Kinds<ClientPolicy> = {
  ...policyKinds,
  profile: { must: 'the name of a profile', holds: (value) => typeof value === 'string' },
}

function isListOf(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.length > 0 && value.every(isItem)
}
