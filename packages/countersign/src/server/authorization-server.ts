import { randomCode, randomToken } from '../protocol/crypto.ts'
import { OAuth1Error } from '../protocol/errors.ts'
import type { HttpRequest, HttpResponse } from '../protocol/http.ts'
import { issuingLimits, type Limits } from '../protocol/limits.ts'
import type { OAuth1Request } from '../protocol/request.ts'
import type { SignatureMethod } from '../protocol/signature-methods.ts'
import { authenticate, requireCredentials, requireSecureTransport } from './authenticate.ts'
import { appendToCallback, checkCallbackForm, checkCallbackOf, outOfBand } from './callback.ts'
import { type Endpoint, type EndpointServer, endpointOf } from './endpoint.ts'
import { HookTable } from './hook-table.ts'
import type { HookName, HookRegistry, Hooks } from './hooks.ts'
import type { Client, TemporaryCredential, TokenCredential, User } from './models.ts'
import type { CommonOptions, IssuingOptions } from './options.ts'
import { credentialsResponse, errorResponse, pageResponse, redirectResponse } from './responses.ts'
import { resolveSettings, type Settings } from './settings.ts'
import {
  alreadyAuthorized,
  authorizationToken,
  checkVerifier,
  unknownTemporaryCredential,
} from './temporary-credential.ts'
import { generateCredential } from './token-generator.ts'
import { plainVerifierPage } from './verifier-page.ts'

/** What `AuthorizationServer` takes: hooks (now or later) and options. */
export interface AuthorizationServerOptions<
  C extends Client = Client,
  T extends TokenCredential = TokenCredential,
> extends CommonOptions,
    IssuingOptions {
  readonly hooks?: Partial<Hooks<C, T>>
}

/** What a consent page shows: who asks, and for what. */
export interface AuthorizationRequest<C extends Client = Client> {
  readonly client: C
  readonly credential: TemporaryCredential
}

/** What the application adds to a resource owner's approval. */
export interface Approval {
  /** Space-separated; fixed from here on. */
  readonly scope?: string
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
  implements HookRegistry<C, T>, EndpointServer
{
  /** The temporary credential endpoint (§2.1), for an adapter's `endpoint`. */
  readonly initiate: Endpoint = endpointOf(this, (http) => this.createTemporaryCredentialResponse(http))
  /** The token endpoint (§2.3), for an adapter's `endpoint`. */
  readonly token: Endpoint = endpointOf(this, (http) => this.createTokenResponse(http))

  readonly #hooks = new HookTable<C, T>('AuthorizationServer', [
    'queryClient',
    'recordNonce',
    'createTemporaryCredential',
    'getTemporaryCredential',
    'createAuthorizationVerifier',
    'consumeTemporaryCredential',
    'createTokenCredential',
  ])
  #settings!: Settings

  constructor(options: AuthorizationServerOptions<C, T> = {}) {
    this.init(options)
  }

  /** Sets hooks and options later than at construction; what is not named keeps its value. */
  init({ hooks = {}, ...options }: AuthorizationServerOptions<C, T>): this {
    this.#hooks.register(hooks)
    this.#settings = resolveSettings(this.#hooks, { ...this.#settings?.given, ...options }, issuingLimits)
    return this
  }

  registerHook<N extends HookName>(name: N, hook: NonNullable<Hooks<C, T>[N]>): this {
    this.#hooks.register({ [name]: hook } as unknown as Partial<Hooks<C, T>>)
    return this
  }

  /** Adds a method to this instance only; list its name in `supportedSignatureMethods` to accept it. */
  registerSignatureMethod(name: string, method: SignatureMethod): this {
    const signatureMethods = { ...this.#settings.given.signatureMethods, [name]: method }
    return this.init({ signatureMethods })
  }

  /** POST of the temporary credential endpoint (§2.1). A client at fault gets its answer here; only a store or the configuration throws. */
  async createTemporaryCredentialResponse(http: HttpRequest): Promise<HttpResponse> {
    return this.#answer(http, async () => {
      const { options } = this.#settings
      const request = this.#parsePost(http)
      const callback = request.callback
      if (!callback)
        throw new OAuth1Error(
          'missing_required_parameter',
          'oauth_callback is missing; send an absolute URI, or "oob".',
        )
      checkCallbackForm(callback)
      const { client } = await authenticate<C, never>(
        request,
        this.#settings.rules(),
        async (clientId) => ({
          client: await this.#client(clientId),
        }),
        ({ client }) => checkCallbackOf(client, callback, options.allowUnregisteredCallbacks),
      )

      const issued = await generateCredential(options)
      await this.#hooks.complete.createTemporaryCredential({
        ...issued,
        clientId: client.clientId,
        oauthCallback: callback,
        expiresAt: Math.floor(options.now()) + options.temporaryCredentialLifetimeSeconds,
      })
      return credentialsResponse({
        oauth_token: issued.oauthToken,
        oauth_token_secret: issued.oauthTokenSecret,
        oauth_callback_confirmed: 'true',
      })
    })
  }

  /**
   * GET of the resource owner authorization endpoint (§2.2): what to show on the consent page.
   * The application has identified the resource owner before.
   *
   * @throws OAuth1Error when the credential is missing, unknown, expired, or already decided upon.
   */
  async checkAuthorizationRequest(http: HttpRequest): Promise<AuthorizationRequest<C>> {
    const oauthToken = authorizationToken(http, this.#settings.limits)
    const credential = await this.#temporaryCredential(oauthToken)
    const client = credential && (await this.#client(credential.clientId))
    if (!credential || !client) throw unknownTemporaryCredential()
    // Granted once, by one user: a second visitor must neither overwrite nor collect the first one's approval.
    if (credential.oauthVerifier) throw alreadyAuthorized()
    return { client, credential }
  }

  /**
   * The resource owner's decision (§2.2). The application has proved the session and excluded forgery (CSRF) before.
   * Approval redirects to the client with a verifier, or shows it for `oob`; denial spends the credential and says so.
   *
   * @param user - Who approves; undefined or null to deny.
   * @throws OAuth1Error as `checkAuthorizationRequest`, and when somebody else decided in the meantime.
   */
  async createAuthorizationResponse(
    http: HttpRequest,
    user: User | undefined | null,
    approval: Approval = {},
  ): Promise<HttpResponse> {
    const { client, credential } = await this.checkAuthorizationRequest(http)
    const { oauthToken, oauthCallback } = credential
    const isOutOfBand = oauthCallback === outOfBand
    const hooks = this.#hooks.complete

    if (!user) {
      const spent = await hooks.consumeTemporaryCredential(oauthToken)
      if (spent !== true) throw alreadyAuthorized()
      if (isOutOfBand) return this.#verifierPage(client, undefined)
      const refusal = {
        oauth_token: oauthToken,
        error: 'access_denied',
        error_description: 'The resource owner denied the request.',
      }
      return redirectResponse(appendToCallback(oauthCallback, refusal))
    }

    const oauthVerifier = isOutOfBand ? randomCode(manualVerifierLength) : randomToken(verifierLength)
    const grant = {
      userId: user.id,
      oauthVerifier,
      ...(approval.scope === undefined ? {} : { scope: approval.scope }),
    }
    const bound = await hooks.createAuthorizationVerifier(oauthToken, grant)
    if (bound !== true) throw alreadyAuthorized()
    if (isOutOfBand) return this.#verifierPage(client, oauthVerifier)
    return redirectResponse(
      appendToCallback(oauthCallback, { oauth_token: oauthToken, oauth_verifier: oauthVerifier }),
    )
  }

  /** POST of the token endpoint (§2.3). A client at fault gets its answer here; only a store or the configuration throws. */
  async createTokenResponse(http: HttpRequest): Promise<HttpResponse> {
    return this.#answer(http, async () => {
      const request = this.#parsePost(http)
      const { oauthToken, verifier } = request
      if (!oauthToken)
        throw new OAuth1Error(
          'missing_required_parameter',
          'oauth_token, the temporary credential, is missing.',
        )
      if (!verifier) throw new OAuth1Error('missing_required_parameter', 'oauth_verifier is missing.')
      const { token: credential } = await authenticate<C, TemporaryCredential>(
        request,
        this.#settings.rules(),
        async (clientId) => {
          const [client, token] = await Promise.all([
            this.#client(clientId),
            this.#temporaryCredential(oauthToken),
          ])
          // §2.3: the credential of another client is as good as unknown.
          return { client, token: token?.clientId === clientId ? token : undefined }
        },
        (verified) => checkVerifier(verified, verifier),
      )
      const { clientId, userId, scope } = credential as TemporaryCredential
      const hooks = this.#hooks.complete
      const spent = await hooks.consumeTemporaryCredential(oauthToken)
      if (spent !== true) throw unknownTemporaryCredential()

      const issued = await generateCredential(this.#settings.options)
      await hooks.createTokenCredential({ ...issued, clientId, userId, ...(scope ? { scope } : {}) })
      return credentialsResponse({
        oauth_token: issued.oauthToken,
        oauth_token_secret: issued.oauthTokenSecret,
      })
    })
  }

  /** Runs one endpoint and turns a client's fault into its answer. */
  async #answer(http: HttpRequest, run: () => Promise<HttpResponse>): Promise<HttpResponse> {
    try {
      return await run()
    } catch (error) {
      if (!(error instanceof OAuth1Error)) throw error
      return this.errorResponse(error, http)
    }
  }

  /** How large a request may be; an adapter reads no more of a form body. */
  get limits(): Limits {
    return this.#settings.limits
  }

  /** The answer to a client at fault, in the form that its `Accept` asks for. */
  errorResponse(error: OAuth1Error, http: Pick<HttpRequest, 'headers'>): HttpResponse {
    const accept = http.headers['accept']
    return errorResponse(error, {
      realm: this.#settings.options.realm,
      accept: typeof accept === 'string' ? accept : accept?.join(','),
      allow: error.code === 'method_not_allowed' ? 'POST' : undefined,
    })
  }

  #parsePost(http: HttpRequest): OAuth1Request {
    // A hole in the configuration shows at the first request, not at the first one that gets far enough.
    void this.#hooks.complete
    if (http.method.toUpperCase() !== 'POST')
      throw new OAuth1Error('method_not_allowed', 'This endpoint takes POST only.')
    const request = this.#settings.parse(http)
    requireCredentials(request)
    requireSecureTransport(request, this.#settings.options)
    return request
  }

  async #client(clientId: string): Promise<C | undefined> {
    const client = await this.#hooks.complete.queryClient(clientId)
    return client?.clientId === clientId ? client : undefined
  }

  /** Expired is absent, whatever the store thinks. */
  async #temporaryCredential(oauthToken: string): Promise<TemporaryCredential | undefined> {
    const credential = await this.#hooks.complete.getTemporaryCredential(oauthToken)
    return credential?.oauthToken === oauthToken && credential.expiresAt > this.#settings.options.now()
      ? credential
      : undefined
  }

  async #verifierPage(client: C, oauthVerifier: string | undefined): Promise<HttpResponse> {
    const page = this.#settings.options.verifierPage ?? plainVerifierPage
    return pageResponse(await page({ client, oauthVerifier }))
  }
}

/** 192 bits, carried by the redirect. */
const verifierLength = 32
/** 50 bits, carried by hand, worthless after ten minutes. */
const manualVerifierLength = 10
