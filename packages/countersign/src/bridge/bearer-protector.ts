import { OAuth1Error, StoreError } from '../errors.ts'
import { quoteRealm } from '../protocol/authorization-header.ts'
import type { HttpRequest, HttpResponse } from '../protocol/http.ts'
import type { OAuth1Request } from '../protocol/request.ts'
import { requireSecureTransport } from '../server/authenticate.ts'
import { emit } from '../server/events.ts'
import type { Awaitable } from '../server/hooks.ts'
import type { Client, TokenCredential, UserId } from '../server/models.ts'
import { aFunction, checkOptions } from '../server/option-kinds.ts'
import {
  type Authentication,
  ResourceProtector,
  type ResourceProtectorOptions,
} from '../server/resource-protector.ts'
import { checkScope } from '../server/scopes.ts'
import { type WithoutSecrets, withoutSecrets } from '../server/without-secrets.ts'
import { boundedCall } from './guarded-hooks.ts'

/** The user and client of a Bearer token. Further fields come back from `currentCredential`. */
export interface BearerIdentity<C extends Client = Client> {
  /** The OAuth 2 client. */
  readonly clientId: string
  /** Absent for a token of the client itself, which only `requireClient` lets in, or the policy `twoLegged`. */
  readonly userId?: UserId | null | undefined
  /** Space-separated. */
  readonly scope?: string | null | undefined
  /** Seconds since 1970, exclusive; checked here as well. */
  readonly expiresAt?: number | null | undefined
  /** What `currentAuthentication` returns as `client`. Default: an object with the `clientId`. */
  readonly client?: C | undefined
}

/**
 * The user and client of a Bearer token, or undefined for one that is unknown, expired or revoked. If it throws, the
 * request fails with 503.
 */
export type VerifyBearer<C extends Client = Client> = (
  token: string,
) => Awaitable<BearerIdentity<C> | undefined>

/** What `BearerProtector` takes. */
export interface BearerProtectorOptions<
  C extends Client = Client,
  T extends TokenCredential = TokenCredential,
> extends ResourceProtectorOptions<C, T> {
  readonly verifyBearer: VerifyBearer<C>
}

/** A refused Bearer token, which the challenge reports (RFC 6750 §3). */
class BearerError extends OAuth1Error {
  readonly challenge: string

  constructor(code: OAuth1Error['code'], description: string, scope?: string) {
    super(code, description)
    this.challenge = `, error="${code}"${scope === undefined ? '' : `, scope="${quoteRealm(scope)}"`}`
  }
}

/**
 * A `ResourceProtector` that accepts Bearer tokens of OAuth 2 as well, during the change: the guards, `currentCredential`
 * and the events stay the same. A Bearer token's `currentCredential` has `clientId`, `userId` and `scope`; its
 * `oauthToken` is the empty string, because the token is a secret.
 *
 * @example
 * ```ts
 * const protector = new BearerProtector({ hooks, verifyBearer })
 * app.get('/photos', requireOAuth(protector, 'read'), (req, res) => res.json(currentCredential(req).userId))
 * ```
 */
export class BearerProtector<
  C extends Client = Client,
  T extends TokenCredential = TokenCredential,
> extends ResourceProtector<C, T> {
  readonly #verifyBearer: VerifyBearer<C>

  /** @throws ConfigurationError when an option is unknown or not of its kind. */
  constructor({ verifyBearer, ...options }: BearerProtectorOptions<C, T>) {
    super(options)
    checkOptions('BearerProtector', { verifyBearer: verifyBearer ?? null }, { verifyBearer: aFunction })
    this.#verifyBearer = verifyBearer
  }

  /**
   * Like `ResourceProtector.authenticate`, but also accepts a Bearer token; a request that carries both a token and a
   * signature is refused.
   */
  override authenticate(http: HttpRequest, scope?: string): Promise<Authentication<C, T>> {
    const token = bearerToken(http)
    return token === undefined
      ? super.authenticate(http, scope)
      : this.#authenticate(http, token, (authentication) => this.#requireUser(authentication, scope))
  }

  /** Like `ResourceProtector.authenticateClient`, but also accepts a Bearer token of the client itself. */
  override authenticateClient(http: HttpRequest): Promise<Authentication<C, T>> {
    const token = bearerToken(http)
    return token === undefined
      ? super.authenticateClient(http)
      : this.#authenticate(http, token, ({ credential }) => {
          if (credential !== undefined)
            throw new BearerError('invalid_token', 'This resource belongs to the client itself.')
        })
  }

  /** Like `ResourceProtector.errorResponse`, with a challenge for each of the two schemes. */
  override errorResponse(error: OAuth1Error, accept?: string): HttpResponse {
    const response = super.errorResponse(error, accept)
    const details = error instanceof BearerError ? error.challenge : ''
    const bearer = `Bearer realm="${quoteRealm(this.options.realm)}"${details}`
    const own = response.headers['www-authenticate']
    const challenges = own === undefined ? bearer : `${own}, ${bearer}`
    return { ...response, headers: { ...response.headers, 'www-authenticate': challenges } }
  }

  async #authenticate(
    http: HttpRequest,
    token: string,
    demand: (authentication: Authentication<C, T>) => void,
  ): Promise<Authentication<C, T>> {
    let authentication: Authentication<C, T> | undefined
    try {
      const request = this.#readRequest(http)
      authentication = authenticationOf<C, T>(await this.#identityOf(token), request)
      demand(authentication)
      this.#reportAcceptance(authentication)
      return authentication
    } catch (error) {
      if (error instanceof OAuth1Error) this.#reportRefusal(error, authentication)
      throw error
    }
  }

  #readRequest(http: HttpRequest): OAuth1Request {
    const request = this.parse(http)
    // One of the two would go unchecked.
    if (request.place !== undefined)
      throw new BearerError('invalid_request', 'Send a Bearer token or a signature, not both.')
    requireSecureTransport(request, this.options)
    return request
  }

  async #identityOf(token: string): Promise<BearerIdentity<C>> {
    const { storeTimeoutSeconds, on, now } = this.options
    const verify = () => this.#verifyBearer(token)
    const isWellFormed = token.length <= longestToken && /^[\w.~+/-]+=*$/.test(token)
    const identity = isWellFormed
      ? await boundedCall('verifyBearer', verify, storeTimeoutSeconds, on)
      : undefined
    if (identity === undefined || identity === null || isOver(identity, now())) throw unknownToken()
    if (typeof identity.clientId !== 'string' || identity.clientId === '')
      throw new StoreError('The function verifyBearer returned no clientId.')
    return identity
  }

  /** @throws OAuth1Error unless a user granted all of the scope. */
  #requireUser({ client, credential }: Authentication<C, T>, scope: string | undefined): void {
    if (credential === undefined && !this.policyOf(client as Pick<C, 'policy'>).twoLegged)
      throw new BearerError('invalid_token', 'This resource belongs to a user, and the token to none.')
    if (scope === undefined) return
    try {
      checkScope(scope, (credential as Partial<TokenCredential> | undefined)?.scope)
    } catch (error) {
      const { code, description } = error as OAuth1Error
      throw new BearerError(code, description, scope)
    }
  }

  /** The event names the client only once its token has proved valid. */
  #reportRefusal({ code, description }: OAuth1Error, authentication: Authentication<C, T> | undefined): void {
    const client = authentication?.client as Client | undefined
    emit(this.options.on, {
      type: 'refused',
      endpoint: 'resource',
      code,
      description,
      signatureMethod: 'Bearer',
      place: 'header',
      ...(client && { clientId: client.clientId }),
    })
  }

  #reportAcceptance({ client, credential }: Authentication<C, T>): void {
    const { userId, scope } = (credential ?? {}) as Partial<TokenCredential>
    emit(this.options.on, {
      type: 'accepted',
      endpoint: 'resource',
      clientId: (client as Client).clientId,
      userId,
      scope,
      signatureMethod: 'Bearer',
      place: 'header',
    })
  }
}

/** By default, no server accepts longer header lines. */
const longestToken = 16_384

/** The token after the word Bearer; undefined if the request carries none. Several headers are refused as usual. */
function bearerToken({ headers }: HttpRequest): string | undefined {
  const { authorization } = headers
  if (typeof authorization !== 'string') return undefined
  const [scheme] = /^[ \t]*bearer(?:[ \t]+|$)/i.exec(authorization) ?? []
  return scheme === undefined ? undefined : authorization.slice(scheme.length).trim()
}

function isOver({ expiresAt }: BearerIdentity, now: number): boolean {
  // Anything but a number counts as past, as with tokens of OAuth 1.0.
  return expiresAt !== undefined && expiresAt !== null && !(typeof expiresAt === 'number' && now < expiresAt)
}

function authenticationOf<C extends Client, T extends TokenCredential>(
  { client, ...identity }: BearerIdentity<C>,
  request: OAuth1Request,
): Authentication<C, T> {
  const { clientId, userId } = identity
  const hasUser = userId !== undefined && userId !== null
  const credential = withoutSecrets({ ...identity, oauthToken: '' }) as unknown as WithoutSecrets<T>
  return {
    client: withoutSecrets(client ?? ({ clientId } as C)),
    credential: hasUser ? credential : undefined,
    request,
    keyIndex: 0,
    scheme: 'Bearer',
  }
}

function unknownToken(): BearerError {
  return new BearerError('invalid_token', 'The Bearer token is unknown, expired or revoked.')
}
