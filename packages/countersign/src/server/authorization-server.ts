import { randomCode, randomToken } from '../crypto/random.ts'
import { ConfigurationError, OAuth1Error, UndecidableError } from '../errors.ts'
import type { HttpRequest, HttpResponse } from '../protocol/http.ts'
import { issuingLimits } from '../protocol/limits.ts'
import type { OAuth1Request } from '../protocol/request.ts'
import {
  type Claim,
  type Proof,
  prove,
  readClaim,
  requireCredentials,
  required,
  requireSecureTransport,
} from './authenticate.ts'
import { authorizationToken, checkVerifier } from './authorization-request.ts'
import { appendToCallback, checkCallbackForm, checkCallbackOf, outOfBand } from './callback.ts'
import { type Endpoint, type EndpointServer, endpointOf } from './endpoint.ts'
import { emit, reportFault } from './events.ts'
import { ExchangedCredentials } from './exchanged-credentials.ts'
import { HookedServer } from './hooked-server.ts'
import type { Hooks, TokenFilter } from './hooks.ts'
import { findAuthorizationRequest, findClient, findTemporaryCredential } from './lookup.ts'
import type { Client, TemporaryCredential, TokenCredential, User, UserId } from './models.ts'
import { spendNonce } from './nonce.ts'
import { checkOptions, type Kinds, shown } from './option-kinds.ts'
import type { CommonOptions, IssuingOptions } from './options.ts'
import { credentialsResponse, errorResponse, pageResponse, redirectResponse } from './responses.ts'
import { generateCredential } from './token-generator.ts'
import { plainVerifierPage } from './verifier-page.ts'
import { type WithoutSecrets, withoutSecrets } from './without-secrets.ts'

/** What `AuthorizationServer` takes: hooks (now or later) and options. */
export interface AuthorizationServerOptions<
  C extends Client = Client,
  T extends TokenCredential = TokenCredential,
> extends CommonOptions,
    IssuingOptions<C> {
  readonly hooks?: Partial<Hooks<C, T>>
}

/** What a consent page shows: who asks, and for what. */
export interface AuthorizationRequest<C extends Client = Client> {
  readonly client: WithoutSecrets<C>
  readonly credential: WithoutSecrets<TemporaryCredential>
}

/** What the application adds to a resource owner's approval. */
export interface Approval {
  /** Space-separated; fixed from here on. */
  readonly scope?: string
}

const approvalKinds: Kinds<Approval> = {
  scope: { must: 'a text, the scopes separated by spaces', holds: (value) => typeof value === 'string' },
}

/** The outcome of a resource owner's decision, as data: what to show, or where to send the browser (§2.2). */
export type Decision<C extends Client = Client> =
  /** Approved: send the browser to `location`, the client's callback with token and verifier. */
  | { readonly kind: 'redirect'; readonly client: WithoutSecrets<C>; readonly location: string }
  /** Approved for `oob`: show the code, which the resource owner types into the client. */
  | { readonly kind: 'code'; readonly client: WithoutSecrets<C>; readonly oauthVerifier: string }
  /** Denied: send the browser to `location`, or where it is undefined (`oob`) say that nothing was granted. */
  | { readonly kind: 'denied'; readonly client: WithoutSecrets<C>; readonly location: string | undefined }

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

  /** Sets hooks and options later than at construction; what is not named keeps its value. */
  init(options: AuthorizationServerOptions<C, T>): this {
    return this.configure(options)
  }

  /** POST of the temporary credential endpoint (§2.1). A client at fault gets its refusal here; only a store or the configuration throws. */
  async createTemporaryCredentialResponse(http: HttpRequest): Promise<HttpResponse> {
    const { options, hooks } = this
    let claim: Claim | undefined
    let proof: Proof<C, never> | undefined
    try {
      const request = this.#parsePost(http)
      const callback = request.callback
      if (!callback)
        throw new OAuth1Error(
          'missing_required_parameter',
          'oauth_callback is missing; send an absolute URI, or "oob".',
        )
      this.#checkCallbackForm(callback)
      claim = readClaim(request, options)
      const found = await findClient(hooks, claim.clientId, options.on)
      proof = await prove<C, never>(claim, found, options)
      const { client, policy } = proof
      if (client.callbacks && !Array.isArray(client.callbacks))
        reportFault(options.on, client.clientId, new TypeError('Its callbacks are no list.'))
      checkCallbackOf(client, callback, policy)
      await spendNonce(claim, policy.timestampWindowSeconds, hooks, options.usedTimestamps)

      const issued = await generateCredential(options)
      const { clientId } = client
      await hooks.createTemporaryCredential({
        ...issued,
        clientId,
        oauthCallback: callback,
        expiresAt: Math.floor(options.now()) + options.temporaryCredentialLifetimeSeconds,
      })
      emit(options.on, { type: 'issued', credential: 'temporary', clientId })
      return credentialsResponse({
        oauth_token: issued.oauthToken,
        oauth_token_secret: issued.oauthTokenSecret,
        oauth_callback_confirmed: 'true',
      })
    } catch (error) {
      if (!(error instanceof OAuth1Error)) throw error
      this.reportRefusal('initiate', error, claim, proof)
      return this.errorResponse(error, http)
    }
  }

  /**
   * GET of the resource owner authorization endpoint (§2.2): what to show on the consent page.
   * The application has identified the resource owner before.
   *
   * @param request - The `oauth_token` of the temporary credential, or the request that carries it.
   * @throws OAuth1Error when the credential is missing; UndecidableError, with the reason, when it is unknown, expired or
   * already decided upon.
   */
  async checkAuthorizationRequest(request: HttpRequest | string): Promise<AuthorizationRequest<C>> {
    const { options, hooks } = this
    try {
      const oauthToken = typeof request === 'string' ? request : authorizationToken(request, options.limits)
      const { client, token: credential } = await findAuthorizationRequest(hooks, oauthToken, options.on)
      if (!credential || !client) throw new UndecidableError('unknown')
      if (credential.expiresAt <= options.now()) throw new UndecidableError('expired')
      // Granted once, by one user: a second visitor must neither overwrite nor collect the first one's approval.
      if (credential.oauthVerifier) throw new UndecidableError('decided')
      // It may have been stored by another program, or before the rules were made stricter.
      this.#checkCallbackForm(credential.oauthCallback)
      return { client: withoutSecrets(client), credential: withoutSecrets(credential) }
    } catch (error) {
      if (error instanceof OAuth1Error) this.reportRefusal('authorize', error, undefined, undefined)
      throw error
    }
  }

  /**
   * The resource owner's decision (§2.2), as data. The application has proved the session and excluded forgery (CSRF)
   * before. A decision binds once; denial spends the credential.
   *
   * @param request - The `oauth_token` of the temporary credential, or the request that carries it.
   * @param user - Who approves; undefined or null to deny.
   * @throws OAuth1Error as `checkAuthorizationRequest`, and when another user decided in the meantime;
   *   ConfigurationError when the user has no `id`.
   */
  async decideAuthorization(
    request: HttpRequest | string,
    user: User | undefined | null,
    approval: Approval = {},
  ): Promise<Decision<C>> {
    checkUser(user)
    checkOptions('decideAuthorization', approval, approvalKinds)
    const { client, credential } = await this.checkAuthorizationRequest(request)
    return user ? this.#approve(client, credential, user.id, approval) : this.#deny(client, credential)
  }

  /** As `decideAuthorization`, but returns the response to send: a redirect to the client, or the page of an `oob` flow. */
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

  /** POST of the token endpoint (§2.3). A client at fault gets its refusal here; only a store or the configuration throws. */
  async createTokenResponse(http: HttpRequest): Promise<HttpResponse> {
    const { options, hooks } = this
    let claim: Claim | undefined
    let proof: Proof<C, TemporaryCredential> | undefined
    try {
      const request = this.#parsePost(http)
      const oauthToken = required(request.oauthToken, 'oauth_token, the temporary credential,')
      const verifier = required(request.verifier, 'oauth_verifier')
      claim = readClaim(request, options)
      const found = await findTemporaryCredential(
        hooks,
        claim.clientId,
        oauthToken,
        options.now(),
        options.on,
      )
      proof = await prove(claim, found, options)
      checkVerifier(proof.token, verifier)
      await spendNonce(claim, proof.policy.timestampWindowSeconds, hooks, options.usedTimestamps)

      const { clientId, userId, scope } = proof.token as TemporaryCredential
      const issued = await generateCredential(options)
      await this.#exchange(oauthToken, { ...issued, clientId, userId, ...(scope ? { scope } : {}) })
      emit(options.on, { type: 'issued', credential: 'token', clientId, userId, scope })
      return credentialsResponse({
        oauth_token: issued.oauthToken,
        oauth_token_secret: issued.oauthTokenSecret,
      })
    } catch (error) {
      if (!(error instanceof OAuth1Error)) throw error
      this.reportRefusal('token', error, claim, proof)
      return this.errorResponse(error, http)
    }
  }

  /**
   * A token without the flow: for an operator, or for a user's own use. Its secret is only in the result.
   *
   * @throws StoreError when a hook failed.
   */
  async issueToken(token: {
    readonly clientId: string
    readonly userId?: UserId | undefined
    readonly scope?: string | undefined
  }): Promise<T> {
    const { clientId, userId, scope } = token
    const issued = await generateCredential(this.options)
    const created = await this.hooks.createTokenCredential({
      ...issued,
      clientId,
      ...(userId === undefined ? {} : { userId }),
      ...(scope ? { scope } : {}),
    })
    emit(this.options.on, { type: 'issued', credential: 'token', clientId, userId, scope })
    return created
  }

  /** Ends a token credential: true if there was one. */
  async revokeToken(clientId: string, oauthToken: string): Promise<boolean> {
    const revoked = await this.hook('revokeToken')(clientId, oauthToken)
    if (revoked) emit(this.options.on, { type: 'revoked', clientId })
    return revoked
  }

  /** The token credentials of a client, a user, or both, as the `listTokens` hook returns them. */
  async listTokens(filter: TokenFilter): Promise<readonly T[]> {
    return this.hook('listTokens')(filter)
  }

  /** The response to a client at fault, in the form that its `Accept` asks for. */
  errorResponse(error: OAuth1Error, http: Pick<HttpRequest, 'headers'>): HttpResponse {
    const accept = http.headers['accept']
    return errorResponse(error, {
      realm: this.options.realm,
      accept: typeof accept === 'string' ? accept : accept?.join(','),
      allow: error.code === 'method_not_allowed' ? 'POST' : undefined,
    })
  }

  #parsePost(http: HttpRequest): OAuth1Request {
    if (http.method.toUpperCase() !== 'POST')
      throw new OAuth1Error('method_not_allowed', 'This endpoint takes POST only.')
    const request = this.parse(http)
    requireCredentials(request)
    requireSecureTransport(request, this.options)
    return request
  }

  async #approve(
    client: WithoutSecrets<C>,
    { oauthToken, oauthCallback, clientId }: WithoutSecrets<TemporaryCredential>,
    userId: UserId,
    { scope }: Approval,
  ): Promise<Decision<C>> {
    const isOutOfBand = oauthCallback === outOfBand
    const oauthVerifier = isOutOfBand ? randomCode(manualVerifierLength) : randomToken(verifierLength)
    const grant = { userId, oauthVerifier, ...(scope === undefined ? {} : { scope }) }
    const bound = await this.hooks.createAuthorizationVerifier(oauthToken, grant)
    if (bound !== true) throw new UndecidableError('decided')
    emit(this.options.on, { type: 'approved', clientId, userId, scope })
    if (isOutOfBand) return { kind: 'code', client, oauthVerifier }
    const added = { oauth_token: oauthToken, oauth_verifier: oauthVerifier }
    return { kind: 'redirect', client, location: appendToCallback(oauthCallback, added) }
  }

  async #deny(
    client: WithoutSecrets<C>,
    { oauthToken, oauthCallback, clientId }: WithoutSecrets<TemporaryCredential>,
  ): Promise<Decision<C>> {
    const spent = await this.hooks.consumeTemporaryCredential(oauthToken)
    if (spent !== true) throw new UndecidableError('decided')
    emit(this.options.on, { type: 'denied', clientId })
    if (oauthCallback === outOfBand) return { kind: 'denied', client, location: undefined }
    const refusal = {
      oauth_token: oauthToken,
      // What clients of OAuth 1.0 look for (its extension Problem Reporting), and what those of OAuth 2.0 do.
      oauth_problem: 'user_refused',
      error: 'access_denied',
      error_description: 'The resource owner denied the request.',
      ...(this.options.deniedParameter ? { denied: oauthToken } : {}),
    }
    return { kind: 'denied', client, location: appendToCallback(oauthCallback, refusal) }
  }

  /**
   * §2.3: one winner, and no approval is spent without a token. In one transaction where the store can. Elsewhere the
   * token is stored first: whatever ends the process before the temporary credential is spent, the client can ask again,
   * and a token whose secret no one was told opens nothing.
   */
  async #exchange(oauthToken: string, credential: TokenCredential): Promise<void> {
    const { hooks } = this
    if (hooks.exchangeTemporaryCredential) {
      const stored = await hooks.exchangeTemporaryCredential(oauthToken, credential)
      if (stored === undefined) throw new UndecidableError('unknown')
      return
    }
    const release = this.#exchanged.begin(oauthToken)
    try {
      await hooks.createTokenCredential(credential)
      if ((await hooks.consumeTemporaryCredential(oauthToken)) === true) return
      // Another process was quicker.
      await hooks.revokeToken?.(credential.clientId, credential.oauthToken)
      throw new UndecidableError('unknown')
    } catch (error) {
      // The client may ask again.
      release()
      throw error
    }
  }

  #checkCallbackForm(callback: string): void {
    const { callbackSchemes, maxCallbackLength } = this.options
    checkCallbackForm(callback, { schemes: callbackSchemes, maxLength: maxCallbackLength })
  }
}

/** 192 bits, carried by the redirect. */
const verifierLength = 32
/** 50 bits, carried by hand, worthless after ten minutes. */
const manualVerifierLength = 10

/** A user without an identifier would approve for no one: most likely the application misspelt the field. */
function checkUser(user: User | undefined | null): void {
  if (user === undefined || user === null) return
  const id: unknown = user.id
  if ((typeof id === 'string' && id !== '') || Number.isFinite(id)) return
  throw new ConfigurationError(
    `The user of a decision must be an object with an id, a text or a number; the id is ${shown(id)}. To deny, pass undefined.`,
  )
}
