import { OAuth1Error } from '../errors.ts'
import type { HttpRequest, HttpResponse } from '../protocol/http.ts'
import { defaultLimits } from '../protocol/limits.ts'
import type { OAuth1Request } from '../protocol/request.ts'
import { admitProven } from './admission.ts'
import { type Claim, type Proof, prove, readClaim } from './authenticate.ts'
import { compareBodyHash } from './body-hash.ts'
import { emit, reportFault } from './events.ts'
import { HookedServer } from './hooked-server.ts'
import type { Awaitable, Hooks } from './hooks.ts'
import { type Found, findClient, findToken } from './lookup.ts'
import type { Client, TokenCredential } from './models.ts'
import { spendNonce } from './nonce.ts'
import type { CommonOptions } from './options.ts'
import type { Policy } from './policy.ts'
import { errorResponse } from './responses.ts'
import { checkScope } from './scopes.ts'
import { checkTokenLife, misreadTime, recordUse } from './token-life.ts'
import { type WithoutSecrets, withoutSecrets } from './without-secrets.ts'

/** The parameters of `ResourceProtector`: hooks (now or later) and options. */
export interface ResourceProtectorOptions<
  C extends Client = Client,
  T extends TokenCredential = TokenCredential,
> extends CommonOptions {
  readonly hooks?: Partial<Hooks<C, T>>
}

/** Who signed a protected request, and with what. */
export interface Authentication<C extends Client = Client, T extends TokenCredential = TokenCredential> {
  /** The client as its hook returned it, without its secret. */
  readonly client: WithoutSecrets<C>
  /** The token credential as its hook returned it, without its secret; undefined only for a two-legged request. */
  readonly credential: WithoutSecrets<T> | undefined
  /** The verified request: its parameters are what the client signed. */
  readonly request: OAuth1Request
  /**
   * Index of the client's key that signed: 0 is `clientSecret`, or the first RSA key; 1 is the first of
   * `otherClientSecrets`, or the second RSA key.
   */
  readonly keyIndex: number
  /** `Bearer` if a `BearerProtector` accepted a Bearer token; absent for a signed request. */
  readonly scheme?: 'Bearer' | undefined
}

/**
 * Lets only correctly signed requests through to a protected resource (§3.2). It needs the hooks `queryClient`,
 * `queryToken` and `recordNonce`, and can run in a different process from the `AuthorizationServer` as long as both see
 * the same stores.
 *
 * @example
 * ```ts
 * const protector = new ResourceProtector({ hooks })
 * app.get('/user', requireOAuth(protector), (req, res) => res.json(currentCredential(req)))
 * ```
 */
export class ResourceProtector<
  C extends Client = Client,
  T extends TokenCredential = TokenCredential,
> extends HookedServer<C, T> {
  constructor(options: ResourceProtectorOptions<C, T> = {}) {
    super('ResourceProtector', ['queryClient', 'queryToken', 'recordNonce'], defaultLimits)
    this.configure(options)
  }

  /**
   * Sets hooks and options after construction; options not given keep their values.
   *
   * @throws ConfigurationError when an option or a hook is unknown or not of its kind: then nothing is changed.
   */
  init(options: ResourceProtectorOptions<C, T>): this {
    return this.configure(options)
  }

  /**
   * Checks a request against §3.2 and returns who signed it.
   *
   * @param scope - Space-separated; the token must have been granted all of it.
   * @throws OAuth1Error when the request is to be refused; `errorResponse` writes the response.
   * @throws StoreError when a hook failed; ConfigurationError when one is missing.
   */
  authenticate(http: HttpRequest, scope?: string): Promise<Authentication<C, T>> {
    return this.#authenticate(http, scope, false)
  }

  /**
   * Checks a request that a client signed without a token (two-legged), whatever the policy `twoLegged` says: the
   * resource is the client's own.
   *
   * @throws OAuth1Error when the request is to be refused, as one with a token is.
   * @throws StoreError when a hook failed; ConfigurationError when one is missing.
   */
  authenticateClient(http: HttpRequest): Promise<Authentication<C, T>> {
    return this.#authenticate(http, undefined, true)
  }

  async #authenticate(
    http: HttpRequest,
    scope: string | undefined,
    isClientAlone: boolean,
  ): Promise<Authentication<C, T>> {
    const { options, hooks } = this
    let claim: Claim | undefined
    let proof: Proof<C, T> | undefined
    try {
      const request = this.parse(http)
      claim = readClaim(request, 'resource', options)
      const { clientId } = claim
      const { oauthToken } = request
      // A promise is awaited only if there is one: a store in memory and a shared secret need none.
      const finding: Awaitable<Found<C, T>> =
        oauthToken === undefined
          ? findClient(hooks, clientId, options.on)
          : findToken(hooks, clientId, oauthToken, options.on)
      const found = 'then' in finding ? await finding : finding
      claim.found = found
      const proving = prove(claim, found, options)
      proof = 'then' in proving ? await proving : proving
      const { client, token, policy } = proof
      if (options.admit !== undefined) admitProven(options.admit, claim, proof)
      if (token === undefined) {
        if (!isClientAlone && !policy.twoLegged) throw tokenMissing()
      } else if (isClientAlone) throw tokenUnwanted()
      if (token !== undefined && mayEnd(token, policy)) this.#requireLife(token, proof)
      if (scope !== undefined) this.#requireScope(scope, proof)
      if (request.bodyHash !== undefined)
        await compareBodyHash(claim, http, policy, (error) => this.#refused(error, http, claim, proof))
      const spending = spendNonce(claim, policy.timestampWindowSeconds, hooks, options.usedTimestamps)
      if (spending !== undefined) await spending
      if (token !== undefined && policy.tokenIdleSeconds > 0)
        await recordUse(token, policy, hooks, options.now)
      if (options.on !== undefined) this.#reportAcceptance(claim, proof)
      return new SignedRequest(client, token, claim)
    } catch (error) {
      return this.#refused(error, http, claim, proof)
    }
  }

  /** The response to a request that `authenticate` refused: 400, 401, 403 or 413 with a challenge. */
  errorResponse(error: OAuth1Error, accept?: string): HttpResponse {
    return errorResponse(error, {
      realm: this.options.realm,
      problems: this.options.problemReporting,
      errorPage: this.options.errorPage,
      accept,
      challenge: true,
    })
  }

  /** Separate from `authenticate`, where one more `await` costs routes 4 to 5 % (`npm run bench load`). */
  async #refused(
    error: unknown,
    http: HttpRequest,
    claim: Claim | undefined,
    proof: Proof<C, T> | undefined,
  ): Promise<never> {
    if (!(error instanceof OAuth1Error)) throw error
    const { hooks } = this
    throw await this.refuse(error, { endpoint: 'resource', http, claim, proof, hooks })
  }

  #requireLife(token: T, { client, policy }: Proof<C, T>): void {
    const { on, now } = this.options
    const misread = misreadTime(token)
    if (misread !== undefined)
      reportFault(on, client.clientId, new TypeError(`The ${misread} of a token is no number of seconds.`))
    checkTokenLife(token, policy, now)
  }

  #requireScope(scope: string, { client, token }: Proof<C, T>): void {
    if (token?.scope && typeof token.scope !== 'string')
      reportFault(this.options.on, client.clientId, new TypeError('The scope of a token is no text.'))
    checkScope(scope, token?.scope)
  }

  #reportAcceptance({ request, methodName, keyIndex }: Claim, { client, token }: Proof<C, T>): void {
    emit(this.options.on, {
      type: 'accepted',
      endpoint: 'resource',
      clientId: client.clientId,
      userId: token?.userId,
      scope: token?.scope,
      signatureMethod: methodName,
      place: request.place as NonNullable<typeof request.place>,
      ...(keyIndex > 0 && { keyIndex }),
    })
  }
}

function mayEnd({ expiresAt }: TokenCredential, { tokenIdleSeconds }: Policy): boolean {
  return tokenIdleSeconds > 0 || (expiresAt !== undefined && expiresAt !== null)
}

export function tokenMissing(): OAuth1Error {
  return new OAuth1Error(
    'missing_required_parameter',
    'oauth_token is missing: this resource belongs to a user.',
    { problem: { absent: ['oauth_token'] } },
  )
}

export function tokenUnwanted(): OAuth1Error {
  return new OAuth1Error(
    'unsupported_parameter',
    'oauth_token is not accepted here: this resource belongs to the client itself; sign without a token.',
    { problem: { rejected: { oauth_token: '' } } },
  )
}

/** Copies without secrets are made on first access: most handlers need one, some none. */
class SignedRequest<C extends Client, T extends TokenCredential> implements Authentication<C, T> {
  readonly request: OAuth1Request
  readonly keyIndex: number
  readonly #row: { readonly client: C; readonly token: T | undefined }
  #client: WithoutSecrets<C> | undefined
  #credential: WithoutSecrets<T> | undefined

  constructor(client: C, token: T | undefined, { request, keyIndex }: Claim) {
    this.#row = { client, token }
    this.request = request
    this.keyIndex = keyIndex
  }

  get client(): WithoutSecrets<C> {
    this.#client ??= withoutSecrets(this.#row.client)
    return this.#client
  }

  get credential(): WithoutSecrets<T> | undefined {
    const { token } = this.#row
    this.#credential ??= token && withoutSecrets(token)
    return this.#credential
  }

  /** Serializes like a plain object, because accessors are not serialized. */
  toJSON(): Authentication<C, T> {
    const { client, credential, request, keyIndex } = this
    return { client, credential, request, keyIndex }
  }
}
