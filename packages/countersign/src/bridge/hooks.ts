import type { Awaitable, Hooks } from '../server/hooks.ts'
import type { Client, TokenCredential, UserId } from '../server/models.ts'
import type { TokenGrantHooks } from '../server/token-grants.ts'
import type { WithoutSecrets } from '../server/without-secrets.ts'

/** A request to issue tokens. */
export interface IssueRequest<C extends Client = Client, T extends TokenCredential = TokenCredential> {
  /** Issue the tokens under this identifier if your server lets you choose; 32 characters of `A-Z a-z 0-9 - _`. */
  readonly grantId: string
  /** The user who granted the OAuth 1.0 token. */
  readonly subject: UserId
  /** The OAuth 2 client. */
  readonly oauth2ClientId: string
  /** Grant exactly these scopes. There is at least one. */
  readonly scopes: readonly string[]
  readonly client: WithoutSecrets<C>
  readonly credential: WithoutSecrets<T>
}

/** The issued tokens. */
export interface IssuedTokens {
  readonly accessToken: string
  /** Default `Bearer`. */
  readonly tokenType?: string | undefined
  /** How long the access token lives, in seconds. */
  readonly expiresIn?: number | undefined
  readonly refreshToken?: string | undefined
  /**
   * The identifier to pass to `revokeTokens`, if your server chose one other than the `grantId` of the request. It must
   * be new each time: at most 255 characters of printable ASCII without spaces.
   */
  readonly grantId?: string | undefined
}

/**
 * Everything that an exchange asks of the application: look-ups and `revokeToken` of an OAuth 1.0 store, and the hooks of
 * the OAuth 2 side.
 *
 * Contracts that hold for each: a failure throws, and the exchange can be tried again.
 */
export interface ExchangeHooks<C extends Client = Client, T extends TokenCredential = TokenCredential>
  extends Pick<Hooks<C, T>, 'queryClient' | 'queryToken'>,
    Partial<Pick<Hooks<C, T>, 'queryClientAndToken' | 'revokeToken'>>,
    Partial<TokenGrantHooks> {
  /** The OAuth 2 client that an OAuth 1.0 client is paired with, or undefined. `clientPairs` makes it from a table. */
  pairedClient(clientId: string): Awaitable<string | undefined>

  /** The opposite: the OAuth 1.0 clients that are paired with an OAuth 2 client, often one. */
  clientsPairedWith(oauth2ClientId: string): Awaitable<readonly string[]>

  /** The widest OAuth 2 scopes that this token may be exchanged for. `scopeTable` makes it from a table. */
  scopesFor(credential: WithoutSecrets<T>): Awaitable<readonly string[]>

  /** Issues an access token, and a refresh token if you like, for exactly the scopes of the request. */
  issueTokens(request: IssueRequest<C, T>): Awaitable<IssuedTokens>

  /**
   * Revokes all tokens of a grant. An unknown grant, or one already revoked, counts as revoked: do not throw. Required
   * unless earlier tokens are kept.
   */
  revokeTokens?(grantId: string): Awaitable<unknown>

  /** Optional: whether an OAuth 2 client may try once more, for a limit that several processes share. */
  takeAttempt?(oauth2ClientId: string): Awaitable<boolean>
}
