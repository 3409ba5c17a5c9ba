import { OAuth1Error } from '../errors.ts'
import type { HttpRequest } from '../protocol/http.ts'
import { requireSecureTransport } from '../server/authenticate.ts'
import { emit } from '../server/events.ts'
import { combinedOf } from '../server/hooks.ts'
import { MinuteLimit } from '../server/minute-limit.ts'
import type { Client, TokenCredential, UserId } from '../server/models.ts'
import { type ResourceProtector, tokenMissing } from '../server/resource-protector.ts'
import { type WithoutSecrets, withoutSecrets } from '../server/without-secrets.ts'
import { ExchangeError, invalidGrant } from './exchange-error.ts'
import { issueAlone, newGrantId } from './grants.ts'
import { guardedHooks } from './guarded-hooks.ts'
import type { ExchangeHooks, IssuedTokens, IssueRequest } from './hooks.ts'
import { type ExchangeSettings, resolveExchange, type TokenExchangeOptions } from './options.ts'
import { narrowedScopes } from './scopes.ts'
import { findSubject } from './subject.ts'
import {
  parametersOf,
  readAskedScopes,
  readSubjectToken,
  type TokenRequestParameters,
} from './token-request.ts'
import { checkIssued, type TokenResponse, tokenResponse } from './token-response.ts'

/** The kind of request that asked for an exchange. */
type Shape = 'token_request' | 'signed_request'

/** An exchange that may take place. */
interface Exchange<C extends Client, T extends TokenCredential> {
  readonly shape: Shape
  readonly oauth2ClientId: string
  readonly client: WithoutSecrets<C>
  readonly credential: WithoutSecrets<T>
  readonly askedScopes: readonly string[] | undefined
}

/** The known parts of a refused exchange. */
type Attempt = Partial<Pick<Exchange<Client, TokenCredential>, 'oauth2ClientId'>> & {
  readonly shape: Shape
  clientId?: string
}

/**
 * Exchanges OAuth 1.0 tokens for OAuth 2 ones, without asking the user again: for a token request of RFC 8693, or for a
 * request that is signed with the OAuth 1.0 token.
 *
 * No exchange grants more than the user did. Exchanging the same token again issues new tokens and revokes the earlier
 * ones, so a retry is safe; of two exchanges at the same time, one pair of tokens stays valid.
 *
 * @example
 * ```ts
 * const exchange = new TokenExchange({ hooks: { ...memoryHooks({ clients, tokens }), ...oauth2Hooks }, protector })
 * const response = await exchange.exchange('printer', parameters)
 * ```
 */
export class TokenExchange<C extends Client = Client, T extends TokenCredential = TokenCredential> {
  readonly #protector: ResourceProtector<C, T>
  readonly #hooks: ExchangeHooks<C, T>
  readonly #settings: ExchangeSettings
  readonly #attempts: MinuteLimit

  /** @throws ConfigurationError when an option is unknown or not of its kind, or a hook is missing. */
  constructor(options: TokenExchangeOptions<C, T>) {
    this.#settings = resolveExchange(options as unknown as TokenExchangeOptions)
    const { attemptsPerMinute, hookTimeoutSeconds, on } = this.#settings
    this.#hooks = guardedHooks(uncombined(options.hooks), hookTimeoutSeconds, on)
    this.#protector = options.protector
    this.#attempts = new MinuteLimit(attemptsPerMinute, mostAttempts)
  }

  /**
   * Exchanges the token of a token request (RFC 8693 §2.1), with `oauth_token_secret` as its proof.
   *
   * @param oauth2ClientId - The OAuth 2 client. Your server has authenticated it.
   * @param parameters - The parameters of the request by name; a repeated one is a list.
   * @returns The response of RFC 8693 §2.2.1.
   * @throws ExchangeError when the request is to be refused.
   * @throws StoreError when a hook failed: the client may try again.
   */
  exchange(oauth2ClientId: string, parameters: TokenRequestParameters): Promise<TokenResponse> {
    const attempt: Attempt = { shape: 'token_request', oauth2ClientId }
    return this.#reporting(attempt, async () => {
      const presented = readSubjectToken(parameters, this.#settings.subjectTokenTypes)
      const askedScopes = readAskedScopes(parameters)
      await this.#takeAttempt(oauth2ClientId)
      const { on, now } = this.#settings
      const clientIds = (await this.#hooks.clientsPairedWith(oauth2ClientId)) ?? []
      const lookup = { hooks: this.#hooks, protector: this.#protector, on, now }
      const { subject, refusal } = await findSubject(clientIds, presented, lookup)
      if (subject !== undefined) attempt.clientId = subject.client.clientId
      if (refusal !== undefined) throw invalidGrant(refusal)
      return this.#issue({
        shape: attempt.shape,
        oauth2ClientId,
        client: withoutSecrets(subject.client),
        credential: withoutSecrets(subject.credential),
        askedScopes,
      })
    })
  }

  /**
   * Exchanges the token that signed a request, for the paired OAuth 2 client. The request is a POST; a parameter
   * `scope` in its query or form narrows the issued scopes. The protector checks the request and refuses a replay.
   *
   * @returns The response of RFC 8693 §2.2.1.
   * @throws OAuth1Error when the protector refuses the request; ExchangeError when the exchange is to be refused.
   * @throws StoreError when a hook failed: the client may try again, with a new nonce.
   */
  async exchangeSigned(http: HttpRequest): Promise<TokenResponse> {
    if (http.method.toUpperCase() !== 'POST')
      throw new OAuth1Error('method_not_allowed', 'This endpoint takes POST only.')
    const { client, credential, request, scheme } = await this.#protector.authenticate(http)
    // The response contains secrets.
    requireSecureTransport(request, this.#settings)
    // A Bearer token could renew itself here forever.
    if (credential === undefined || scheme !== undefined) throw tokenMissing()
    const { clientId } = client as Client
    const attempt: Attempt = { shape: 'signed_request', clientId }
    return this.#reporting(attempt, async () => {
      const askedScopes = readAskedScopes(parametersOf(request.parameters))
      const oauth2ClientId = await this.#hooks.pairedClient(clientId)
      if (!oauth2ClientId) throw invalidGrant('client_not_paired')
      await this.#takeAttempt(oauth2ClientId)
      return this.#issue({ shape: attempt.shape, oauth2ClientId, client, credential, askedScopes })
    })
  }

  /** Whether plain HTTP is accepted where secrets travel, as set. */
  get insecureTransport(): boolean {
    return this.#settings.insecureTransport
  }

  /** The page that refusals link to, as set. */
  get errorPage(): string | false {
    return this.#settings.errorPage
  }

  /** The protector's response to an `OAuth1Error` of a signed exchange, as JSON unless `Accept` asks otherwise. */
  errorResponse(error: OAuth1Error, accept?: string): ReturnType<ResourceProtector['errorResponse']> {
    return this.#protector.errorResponse(error, accept)
  }

  async #issue(exchange: Exchange<C, T>): Promise<TokenResponse> {
    const { oauth2ClientId, client, credential, askedScopes, shape } = exchange
    const { clientId, oauthToken, userId } = credential as unknown as TokenCredential
    if (userId === undefined || userId === null) throw invalidGrant('token_without_user')
    const scopes = narrowedScopes(await this.#hooks.scopesFor(credential), askedScopes)
    const request = { subject: userId, oauth2ClientId, scopes, client, credential }
    const issued = await this.#issueFor({ clientId, oauthToken }, request)
    await this.#endOAuth1Token(clientId, oauthToken, userId)
    const { on } = this.#settings
    emit(on, { type: 'exchanged', shape, clientId, oauth2ClientId, userId, scope: scopes.join(' ') })
    return tokenResponse(issued, scopes)
  }

  async #issueFor(
    key: Pick<TokenCredential, 'clientId' | 'oauthToken'>,
    request: Omit<IssueRequest<C, T>, 'grantId'>,
  ): Promise<IssuedTokens> {
    const hooks = this.#hooks
    const issue = async (grantId: string) => checkIssued(await hooks.issueTokens({ ...request, grantId }))
    return this.#settings.earlierTokens === 'keep'
      ? issue(newGrantId())
      : issueAlone(key, hooks as Parameters<typeof issueAlone>[1], issue)
  }

  async #endOAuth1Token(clientId: string, oauthToken: string, userId: UserId): Promise<void> {
    const { oauth1Token, now, on } = this.#settings
    if (oauth1Token === 'keep') return
    if (oauth1Token !== 'revoke')
      await this.#hooks.limitTokenLife?.(
        clientId,
        oauthToken,
        Math.floor(now()) + oauth1Token.endsAfterSeconds,
      )
    else if (await this.#hooks.revokeToken?.(clientId, oauthToken))
      emit(on, { type: 'revoked', clientId, userId })
  }

  async #takeAttempt(oauth2ClientId: string): Promise<void> {
    const isFree = this.#hooks.takeAttempt
      ? await this.#hooks.takeAttempt(oauth2ClientId)
      : this.#attempts.take(oauth2ClientId, this.#settings.now() * 1000)
    if (!isFree)
      throw new ExchangeError('rate_limited', 'Too many exchanges of this client. Try again later.')
  }

  /** Reports a refusal to the listener. The protector reports its own refusals. */
  async #reporting(attempt: Attempt, run: () => Promise<TokenResponse>): Promise<TokenResponse> {
    try {
      return await run()
    } catch (error) {
      if (error instanceof ExchangeError) {
        const { code, error_description: description, refusal } = error
        emit(this.#settings.on, {
          type: 'exchange_refused',
          ...attempt,
          code,
          description,
          ...(refusal !== undefined && { refusal }),
        })
      }
      throw error
    }
  }
}

/** Leaves out the combined look-up if it does not stand for the given ones. */
function uncombined<C extends Client, T extends TokenCredential>(
  hooks: ExchangeHooks<C, T>,
): ExchangeHooks<C, T> {
  const { queryClientAndToken, ...others } = hooks
  return combinedOf(hooks, queryClientAndToken) === undefined ? (others as ExchangeHooks<C, T>) : hooks
}

/** The limit for all clients together in a minute, which bounds the memory. */
const mostAttempts = 1_000_000
