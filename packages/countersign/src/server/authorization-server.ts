import { OAuth1Error, UndecidableError } from '../errors.ts'
import type { HttpRequest, HttpResponse } from '../protocol/http.ts'
import { issuingLimits } from '../protocol/limits.ts'
import type { OAuth1Request } from '../protocol/request.ts'
import { requireCredentials, requirePost, requireSecureTransport } from './authenticate.ts'
import { authorizationToken } from './authorization-request.ts'
import {
  type Approval,
  type AuthorizationRequest,
  approve,
  checkDecision,
  type Decision,
  deny,
} from './decision.ts'
import { type Endpoint, type EndpointServer, endpointOf } from './endpoint.ts'
import { emit, reportFault } from './events.ts'
import { ExchangedCredentials } from './exchanged-credentials.ts'
import { HookedServer } from './hooked-server.ts'
import type { Hooks, TokenFilter } from './hooks.ts'
import { checkCallbackForm, initiate } from './initiation.ts'
import { checkTokenFilter, issueToken, type TokenRequest } from './issued-tokens.ts'
import { findAuthorizationRequest } from './lookup.ts'
import type { Client, TokenCredential, User } from './models.ts'
import type { CommonOptions, IssuingOptions } from './options.ts'
import { renewOwn, revokeOwn } from './own-token.ts'
import type { Attempt } from './refusal.ts'
import { errorResponse, pageResponse, redirectResponse } from './responses.ts'
import { requestToken } from './token-request.ts'
import { plainVerifierPage } from './verifier-page.ts'
import { withoutSecrets } from './without-secrets.ts'
import { isXAuth, requestTokenByPassword } from './x-auth.ts'

/** The parameters of `AuthorizationServer`: hooks (now or later) and options. */
export interface AuthorizationServerOptions<
  C extends Client = Client,
  T extends TokenCredential = TokenCredential,
> extends CommonOptions,
    IssuingOptions<C> {
  readonly hooks?: Partial<Hooks<C, T>>
}

/**
 * Issues credentials: the three endpoints of RFC 5849 §2, over the application's hooks.
 *
 * @example
 * ```ts
 * const server = new AuthorizationServer({ hooks })
 * app.all('/oauth/initiate', endpoint(server.initiate))
 * app.all('/oauth/token', endpoint(server.token))
 * ```
 */
export class AuthorizationServer<C extends Client = Client, T extends TokenCredential = TokenCredential>
  extends HookedServer<C, T>
  implements EndpointServer
{
  /** The temporary credential endpoint (§2.1), for an adapter's `endpoint`. */
  readonly initiate: Endpoint = endpointOf(this, (http) => this.createTemporaryCredentialResponse(http))
  /** The token endpoint (§2.3), for an adapter's `endpoint`. */
  readonly token: Endpoint = endpointOf(this, (http) => this.createTokenResponse(http))

  /** The revocation endpoint, where a client ends the token that it signs with, for an adapter's `endpoint`. */
  readonly revoke: Endpoint = endpointOf(this, (http) => this.createRevocationResponse(http))
  /** The renewal endpoint, where a client renews a token that went idle, for an adapter's `endpoint`. */
  readonly renew: Endpoint = endpointOf(this, (http) => this.createRenewalResponse(http))

  readonly #exchanged = new ExchangedCredentials()

  constructor(options: AuthorizationServerOptions<C, T> = {}) {
    super(
      'AuthorizationServer',
      [
        'queryClient',
        'recordNonce',
        'createTemporaryCredential',
        'getTemporaryCredential',
        'createAuthorizationVerifier',
        'consumeTemporaryCredential',
        'createTokenCredential',
      ],
      issuingLimits,
    )
    this.configure(options)
  }

  /**
   * Sets hooks and options after construction; options not given keep their values.
   *
   * @throws ConfigurationError when an option or a hook is unknown or not of its kind: then nothing is changed.
   */
  init(options: AuthorizationServerOptions<C, T>): this {
    return this.configure(options)
  }

  /**
   * POST of the temporary credential endpoint (§2.1). A client at fault gets a refusal as the response.
   *
   * @throws StoreError when a hook failed; ConfigurationError when one is missing.
   */
  async createTemporaryCredentialResponse(http: HttpRequest): Promise<HttpResponse> {
    const attempt: Attempt = { endpoint: 'initiate', http, hooks: this.hooks }
    try {
      return await initiate(this.#parse(http), attempt, this.hooks, this.options)
    } catch (error) {
      return this.#refused(error, attempt)
    }
  }

  /**
   * GET of the resource owner authorization endpoint (§2.2): what to show on the consent page. The application must
   * already have identified the resource owner.
   *
   * @param request - The `oauth_token` of the temporary credential, or the request that carries it.
   * @throws OAuth1Error when the credential is missing; UndecidableError, with the reason, when it is unknown, expired
   *   or already decided upon.
   */
  async checkAuthorizationRequest(request: HttpRequest | string): Promise<AuthorizationRequest<C>> {
    const { options, hooks } = this
    try {
      const oauthToken = typeof request === 'string' ? request : authorizationToken(request, options.limits)
      const { client, token: credential } = await findAuthorizationRequest(hooks, oauthToken, options.on)
      if (!credential || !client) throw new UndecidableError('unknown')
      if (credential.expiresAt <= options.now()) throw new UndecidableError('expired')
      // Granted once, by one user: a second visitor must neither overwrite nor obtain the first one's approval.
      if (credential.oauthVerifier) throw new UndecidableError('decided')
      // It may have been stored by another program, or under less strict rules.
      checkCallbackForm(credential.oauthCallback, options)
      return { client: withoutSecrets(client), credential: withoutSecrets(credential) }
    } catch (error) {
      if (error instanceof OAuth1Error)
        emit(options.on, {
          type: 'refused',
          endpoint: 'authorize',
          code: error.code,
          description: error.description,
        })
      throw error
    }
  }

  /**
   * The resource owner's decision (§2.2), as data. The application must already have verified the session and ruled out
   * forgery (CSRF). A decision is final; denial spends the credential.
   *
   * @param request - The `oauth_token` of the temporary credential, or the request that carries it.
   * @param user - The user who approves; undefined or null to deny.
   * @throws OAuth1Error as `checkAuthorizationRequest`, and when another user decided in the meantime;
   *   ConfigurationError when the user has no `id`.
   */
  async decideAuthorization(
    request: HttpRequest | string,
    user: User | undefined | null,
    approval: Approval = {},
  ): Promise<Decision<C>> {
    checkDecision(user, approval)
    const { hooks, options } = this
    const asked = await this.checkAuthorizationRequest(request)
    return user ? approve(asked, user.id, approval, hooks, options) : deny(asked, hooks, options)
  }

  /**
   * As `decideAuthorization`, but returns the response to send: a redirect to the client, or the page of an `oob` flow.
   *
   * @throws OAuth1Error, ConfigurationError and StoreError as `decideAuthorization`.
   */
  async createAuthorizationResponse(
    request: HttpRequest | string,
    user: User | undefined | null,
    approval: Approval = {},
  ): Promise<HttpResponse> {
    const decision = await this.decideAuthorization(request, user, approval)
    if (decision.kind !== 'code' && decision.location !== undefined)
      return redirectResponse(decision.location)
    const page = this.options.verifierPage ?? plainVerifierPage
    const oauthVerifier = decision.kind === 'code' ? decision.oauthVerifier : undefined
    return pageResponse(await page({ client: decision.client, oauthVerifier }))
  }

  /**
   * POST of the token endpoint (§2.3). A client at fault gets a refusal as the response.
   *
   * @throws StoreError when a hook failed; ConfigurationError when one is missing.
   */
  async createTokenResponse(http: HttpRequest): Promise<HttpResponse> {
    const attempt: Attempt = { endpoint: 'token', http, hooks: this.hooks }
    try {
      const request = this.#parse(http)
      return isXAuth(request) && this.options.checkPassword !== undefined
        ? await requestTokenByPassword(request, attempt, this.hooks, this.options)
        : await requestToken(request, attempt, this.hooks, this.options, this.#exchanged)
    } catch (error) {
      return this.#refused(error, attempt)
    }
  }

  /**
   * POST of the revocation endpoint: a client ends the token that it signs with. A client at fault gets a refusal as the
   * response.
   *
   * @throws StoreError when a hook failed; ConfigurationError when one is missing.
   */
  async createRevocationResponse(http: HttpRequest): Promise<HttpResponse> {
    const attempt: Attempt = { endpoint: 'revoke', http, hooks: this.#tokenHooks }
    try {
      return await revokeOwn(this.#parse(http), attempt, this.#tokenHooks, this.options)
    } catch (error) {
      return this.#refused(error, attempt)
    }
  }

  /**
   * POST of the renewal endpoint: a client renews the idle token that it signs with. A client at fault gets a refusal as
   * the response.
   *
   * @throws StoreError when a hook failed; ConfigurationError when one is missing.
   */
  async createRenewalResponse(http: HttpRequest): Promise<HttpResponse> {
    const attempt: Attempt = { endpoint: 'renew', http, hooks: this.#tokenHooks }
    try {
      return await renewOwn(this.#parse(http), attempt, this.#tokenHooks, this.options)
    } catch (error) {
      return this.#refused(error, attempt)
    }
  }

  /**
   * Issues a token without the flow, for an operator, or for a user's own use. Only the result contains its secret.
   *
   * @throws StoreError when a hook failed; ConfigurationError when a name is unknown or its value is not of its kind.
   */
  async issueToken(token: TokenRequest): Promise<T> {
    return issueToken(token, this.hooks, this.options)
  }

  /**
   * Revokes a token credential: true if there was one.
   *
   * @throws StoreError when the hook failed; ConfigurationError when it is missing.
   */
  async revokeToken(clientId: string, oauthToken: string): Promise<boolean> {
    const revoked = await this.hook('revokeToken')(clientId, oauthToken)
    if (revoked) emit(this.options.on, { type: 'revoked', clientId })
    return revoked
  }

  /**
   * The token credentials of a client, a user, or both, as the `listTokens` hook returns them. A token whose stored
   * data cannot be used is reported as a fault, and listed as stored, so that it can still be revoked.
   *
   * @throws ConfigurationError when a field of the filter is unknown or undefined, which would match the tokens of all.
   */
  async listTokens(filter: TokenFilter): Promise<readonly T[]> {
    checkTokenFilter(filter)
    const { on } = this.options
    return this.hook('listTokens')(filter, (error) => reportFault(on, error.clientId, error))
  }

  /** The response to a client at fault, in the format that its `Accept` asks for. */
  errorResponse(error: OAuth1Error, http: Pick<HttpRequest, 'headers'>): HttpResponse {
    const accept = http.headers['accept']
    return errorResponse(error, {
      realm: this.options.realm,
      problems: this.options.problemReporting,
      errorPage: this.options.errorPage,
      accept: typeof accept === 'string' ? accept : accept?.join(','),
      allow: error.code === 'method_not_allowed' ? 'POST' : undefined,
    })
  }

  /** @throws ConfigurationError if a hook that looks up or revokes tokens is missing. */
  get #tokenHooks(): Hooks<C, T> {
    this.hook('queryToken')
    this.hook('revokeToken')
    return this.hooks
  }

  /** If a GET names a client, the policy decides about it. */
  #parse(http: HttpRequest): OAuth1Request {
    if (http.method.toUpperCase() !== 'GET') requirePost(http)
    const request = this.parse(http)
    if (request.place === undefined) requirePost(http)
    requireCredentials(request)
    requireSecureTransport(request, this.options)
    return request
  }

  async #refused(error: unknown, attempt: Attempt): Promise<HttpResponse> {
    if (!(error instanceof OAuth1Error)) throw error
    return this.errorResponse(await this.refuse(error, attempt), attempt.http)
  }
}
