import { ConfigurationError } from '../errors.ts'
import type { EventListener } from '../server/events.ts'
import type { Client, TokenCredential } from '../server/models.ts'
import {
  aFunction,
  anObject,
  checkOptions,
  clock,
  errorPage,
  type Kinds,
  listOfTexts,
  numberFrom,
  objectWith,
  oneOf,
  trueOrFalse,
  wholeNumber,
  withoutUndefined,
} from '../server/option-kinds.ts'
import type { ResourceProtector } from '../server/resource-protector.ts'
import type { ExchangeHooks } from './hooks.ts'

/** The `subject_token_type` of an OAuth 1.0 token, as this library names it. */
export const oauth1TokenType = 'urn:countersign:params:oauth:token-type:oauth1_token'
/** The type that X documents. */
export const xOAuth1TokenType = 'urn:x:params:oauth:token-type:oauth1_token'

/** What `TokenExchange` takes. */
export interface TokenExchangeOptions<
  C extends Client = Client,
  T extends TokenCredential = TokenCredential,
> {
  readonly hooks: ExchangeHooks<C, T>
  /** Checks signed exchanges, and knows the policy of each client. */
  readonly protector: ResourceProtector<C, T>
  /**
   * The accepted values of `subject_token_type`. Default: `urn:countersign:params:oauth:token-type:oauth1_token` and
   * X's.
   */
  readonly subjectTokenTypes?: readonly string[]
  /** What happens to the OAuth 2 tokens of an earlier exchange of the same token. Default `revoke`. */
  readonly earlierTokens?: 'revoke' | 'keep'
  /**
   * What happens to the OAuth 1.0 token after the exchange. Default `keep`. After `revoke`, an exchange whose response
   * was lost cannot be tried again; `endsAfterSeconds` leaves time for that, and needs the hook `limitTokenLife`.
   */
  readonly oauth1Token?: 'keep' | 'revoke' | { readonly endsAfterSeconds: number }
  /** How often one OAuth 2 client may try in a minute, in this process. Default 600; the hook `takeAttempt` replaces it. */
  readonly attemptsPerMinute?: number
  /**
   * Accept signed exchanges, and requests to `tokenEndpoint`, over plain HTTP. Default false.
   *
   * @deprecated Dangerous: for development on localhost only. Not really deprecated; your editor marks it so that it
   * stands out.
   */
  readonly insecureTransport?: boolean
  /**
   * The address of a page with a heading for each error code, to which the refusals of `tokenEndpoint` and `signedEndpoint`
   * link as `error_uri`. What the protector refuses links to the protector's. Default false: no link.
   */
  readonly errorPage?: string | false
  /** How long one hook may take before the exchange is refused with a `StoreError`. Default 5; 0 waits forever. */
  readonly hookTimeoutSeconds?: number
  /** The clock, in seconds since 1970. Default: the system's. */
  readonly now?: () => number
  /** Receives an event for each exchange and each refusal, never a token or a secret. It changes no response. */
  readonly on?: EventListener
}

/** The options with their defaults. */
export type ExchangeSettings = Required<Omit<TokenExchangeOptions, 'hooks' | 'protector' | 'on'>> &
  Pick<TokenExchangeOptions, 'on'>

const kinds: Kinds<TokenExchangeOptions> = {
  hooks: objectWith(
    'queryClient',
    'queryToken',
    'pairedClient',
    'clientsPairedWith',
    'scopesFor',
    'issueTokens',
  ),
  protector: { ...objectWith('authenticate'), must: 'a ResourceProtector' },
  subjectTokenTypes: listOfTexts,
  earlierTokens: oneOf('revoke', 'keep'),
  oauth1Token: {
    must: "'keep', 'revoke' or { endsAfterSeconds }",
    holds: (value) => value === 'keep' || value === 'revoke' || anObject.holds(value),
  },
  attemptsPerMinute: wholeNumber(1),
  insecureTransport: trueOrFalse,
  errorPage,
  hookTimeoutSeconds: numberFrom(0, 2_147_483),
  now: clock,
  on: aFunction,
}

const aCentury = 3_155_760_000

/**
 * The options of an exchange with their defaults.
 *
 * @throws ConfigurationError when one is missing, unknown or not of its kind, or lacks the hook that it needs.
 */
export function resolveExchange(given: TokenExchangeOptions): ExchangeSettings {
  checkOptions('TokenExchange', given, kinds)
  for (const name of ['hooks', 'protector'] as const)
    if (given?.[name] === undefined) throw new ConfigurationError(`TokenExchange needs the option ${name}.`)
  const { hooks, protector: _, ...options } = given
  const settings: ExchangeSettings = {
    subjectTokenTypes: [oauth1TokenType, xOAuth1TokenType],
    earlierTokens: 'revoke',
    oauth1Token: 'keep',
    attemptsPerMinute: 600,
    insecureTransport: false,
    errorPage: false,
    hookTimeoutSeconds: 5,
    now: () => Date.now() / 1000,
    ...withoutUndefined(options),
  }
  if (typeof settings.oauth1Token === 'object')
    checkOptions('TokenExchange: oauth1Token', settings.oauth1Token, {
      endsAfterSeconds: wholeNumber(0, aCentury),
    })
  for (const [name, why] of neededHooks(settings))
    if (typeof hooks[name] !== 'function')
      throw new ConfigurationError(`TokenExchange has no hook ${name}, which ${why} needs.`)
  return settings
}

function neededHooks({ earlierTokens, oauth1Token }: ExchangeSettings): [keyof ExchangeHooks, string][] {
  const recorded = ['queryTokenGrants', 'writeTokenGrants', 'revokeTokens'] as const
  return [
    ...(earlierTokens === 'keep'
      ? []
      : recorded.map((name): [keyof ExchangeHooks, string] => [name, "earlierTokens: 'revoke'"])),
    ...(oauth1Token === 'revoke'
      ? [['revokeToken', "oauth1Token: 'revoke'"] as [keyof ExchangeHooks, string]]
      : []),
    ...(typeof oauth1Token === 'object'
      ? [['limitTokenLife', 'oauth1Token: { endsAfterSeconds }'] as [keyof ExchangeHooks, string]]
      : []),
  ]
}
