import { importRsaPrivateKey } from '../crypto/rsa-sign.ts'
import { ConfigurationError } from '../errors.ts'
import { Clock } from './clock.ts'
import {
  authorizationUrl,
  endpointOf,
  type FlowRequest,
  type IssuedCredential,
  readCallback,
  requestCredential,
  requireConfirmation,
} from './flow.ts'
import { type ClientOptions, type Credential, checkCredential, checkOptions } from './options.ts'
import type { SignedFetchInit } from './outgoing.ts'
import { signedFetch } from './signed-fetch.ts'
import { type Signer, signerOf } from './signer.ts'
import { type PreparedRequest, prepareRequest, type SignedRequest, type UnsignedRequest } from './signing.ts'

/**
 * A client of OAuth 1.0 (RFC 5849): it signs requests, sends them, and goes through the flow to get a token.
 *
 * @example
 * ```ts
 * const client = new OAuth1Client({ clientId: 'printer', clientSecret: 'secret', token })
 * const response = await client.fetch('https://api.example.com/photos', { method: 'POST', body: new URLSearchParams({ size: 'large' }) })
 * ```
 */
export class OAuth1Client {
  readonly #options: ClientOptions
  readonly #signer: Signer
  #clock: Clock

  /** @throws ConfigurationError for options with which no request could be signed. */
  constructor(options: ClientOptions) {
    checkOptions(options)
    // Read once, not again for each token.
    const { privateKey } = options
    this.#options =
      privateKey === undefined ? options : { ...options, privateKey: importRsaPrivateKey(privateKey) }
    this.#signer = signerOf(options.signatureMethod ?? 'HMAC-SHA1', this.#options)
    this.#clock = new Clock(options.now)
  }

  /** The same client for another token, or for none. */
  withToken(token: Credential | undefined): OAuth1Client {
    const client = new OAuth1Client({ ...this.#options, token })
    client.#clock = this.#clock
    return client
  }

  /**
   * Signs a request, without sending it. With `nonce` and `now` of your own it is a pure function.
   *
   * @throws OAuth1ClientError `unsignable_request`; ConfigurationError where the signer returns a promise.
   * @example
   * ```ts
   * const { url, headers, body } = client.sign({ method: 'GET', url: 'https://api.example.com/photos?size=large' })
   * ```
   */
  sign(request: UnsignedRequest): SignedRequest {
    const prepared = this.#prepare(request)
    const signature: unknown = this.#signature(prepared)
    if (typeof signature === 'string') return prepared.complete(signature)
    throw new ConfigurationError(
      `The signer ${this.#signer.name} does not return a string. Where it returns a promise, use signAsync or fetch.`,
    )
  }

  /** As `sign`, for a signer that returns a promise. */
  async signAsync(request: UnsignedRequest): Promise<SignedRequest> {
    return this.#signLater(this.#prepare(request))
  }

  /**
   * `fetch`, signed. Redirects within the origin are followed, each with its own signature; requests to any other
   * origin are not signed, and carry neither `Authorization` nor cookies. Streams and multipart pass through untouched.
   * It may be called without its client: `const { fetch } = client`.
   *
   * @throws OAuth1ClientError `unsignable_request`, `body_not_repeatable`, `too_many_redirects`; and what `fetch` throws.
   */
  readonly fetch = (input: string | URL | Request, init?: SignedFetchInit): Promise<Response> =>
    this.#send(input, init)

  /**
   * The first step of the flow (§2.1): asks for a temporary credential. Keep it with the user's session: the other two steps need it.
   *
   * @param callback - Where the server sends the user back to; `oob` if the user carries the verifier.
   * @throws OAuth1ClientError `refused`, `network_error`, `invalid_response`, `callback_not_confirmed`; ConfigurationError
   * without `endpoints.initiate`.
   */
  async requestTemporaryCredential(callback = 'oob', request: FlowRequest = {}): Promise<IssuedCredential> {
    const endpoint = endpointOf(this.#options.endpoints, 'initiate')
    const temporary = await this.withToken(undefined).#request(
      endpoint,
      { oauth_callback: callback },
      request,
    )
    return requireConfirmation(temporary, endpoint)
  }

  /**
   * The second step (§2.2): the address to send the user to.
   *
   * @param parameters - Further parameters that this server accepts there.
   * @throws ConfigurationError without `endpoints.authorize`.
   */
  authorizationUrl(
    temporary: Pick<Credential, 'oauthToken'>,
    parameters: Readonly<Record<string, string>> = {},
  ): string {
    return authorizationUrl(endpointOf(this.#options.endpoints, 'authorize'), temporary, parameters)
  }

  /**
   * The verifier in the callback that brings the user back (§2.2).
   *
   * @param callback - The URL that the browser requested; its path and query are enough.
   * @param temporary - The credential with which this user was sent to the server.
   * @throws OAuth1ClientError `access_denied`, `callback_mismatch`, `missing_verifier`
   */
  readCallback(callback: string | URL | URLSearchParams, temporary: Credential): string {
    return readCallback(callback, temporary)
  }

  /**
   * The third step (§2.3): exchanges the temporary credential and its verifier for a token. Without a verifier it
   * renews a token, if the server can: pass the token, and `{ oauth: { oauth_session_handle } }`.
   *
   * @throws OAuth1ClientError `refused`, `network_error`, `invalid_response`; ConfigurationError without `endpoints.token`.
   * @example
   * ```ts
   * const token = await client.requestToken(temporary, verifier)
   * const { fetch } = client.withToken(token)
   * ```
   */
  async requestToken(
    temporary: Credential,
    verifier: string | undefined,
    request: FlowRequest = {},
  ): Promise<IssuedCredential> {
    checkCredential(temporary)
    const endpoint = endpointOf(this.#options.endpoints, 'token')
    const oauth: Record<string, string> = verifier === undefined ? {} : { oauth_verifier: verifier }
    return this.withToken(temporary).#request(endpoint, oauth, request)
  }

  #prepare(request: UnsignedRequest, isUnread?: boolean): PreparedRequest {
    return prepareRequest(this.#options, this.#signer, this.#clock, request, isUnread)
  }

  #signature({ baseString }: PreparedRequest): string | Promise<string> {
    const { clientSecret = '', token } = this.#options
    return this.#signer.sign({ baseString, clientSecret, tokenSecret: token?.oauthTokenSecret ?? '' })
  }

  async #signLater(prepared: PreparedRequest): Promise<SignedRequest> {
    return prepared.complete(await this.#signature(prepared))
  }

  #send(
    input: string | URL | Request,
    init?: SignedFetchInit,
    oauth?: UnsignedRequest['oauth'],
  ): Promise<Response> {
    const sign = (request: UnsignedRequest, isUnread: boolean) =>
      this.#signLater(this.#prepare(request, isUnread))
    return signedFetch({ options: this.#options, clock: this.#clock, sign }, input, init, oauth)
  }

  #request(
    endpoint: string,
    oauth: Readonly<Record<string, string>>,
    request: FlowRequest,
  ): Promise<IssuedCredential> {
    return requestCredential((url, init, oauth) => this.#send(url, init, oauth), endpoint, oauth, request)
  }
}
