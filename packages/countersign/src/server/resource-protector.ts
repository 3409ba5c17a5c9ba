import { OAuth1Error } from '../protocol/errors.ts'
import type { HttpRequest, HttpResponse } from '../protocol/http.ts'
import type { Limits } from '../protocol/limits.ts'
import type { OAuth1Request } from '../protocol/request.ts'
import type { SignatureMethod } from '../protocol/signature-methods.ts'
import { authenticate, type Found } from './authenticate.ts'
import { HookTable } from './hook-table.ts'
import { type Awaitable, after, type HookName, type HookRegistry, type Hooks, isThenable } from './hooks.ts'
import type { Client, TokenCredential } from './models.ts'
import { checkServerOptions } from './option-checks.ts'
import type { CommonOptions, ProtectingOptions } from './options.ts'
import { errorResponse } from './responses.ts'
import { resolveSettings, type Settings } from './settings.ts'
import { type WithoutSecrets, withoutSecrets } from './without-secrets.ts'

/** What `ResourceProtector` takes: hooks (now or later) and options. */
export interface ResourceProtectorOptions<
  C extends Client = Client,
  T extends TokenCredential = TokenCredential,
> extends CommonOptions,
    ProtectingOptions {
  readonly hooks?: Partial<Hooks<C, T>>
}

/** Who signed a protected request, and with what. */
export interface Authentication<C extends Client = Client, T extends TokenCredential = TokenCredential> {
  /** The client as its hook gave it, without its secret. */
  readonly client: WithoutSecrets<C>
  /** The token credential as its hook gave it, without its secret; undefined only for a two-legged request. */
  readonly credential: WithoutSecrets<T> | undefined
  /** The verified request: its parameters are what the client signed. */
  readonly request: OAuth1Request
}

/**
 * Lets only correctly signed requests through to a protected resource (§3.2).
 * It needs the hooks `queryClient`, `queryToken` and `recordNonce`, and can live in another process than the
 * `AuthorizationServer` as long as both see the same stores.
 *
 * @example
 * ```ts
 * const protector = new ResourceProtector({ hooks })
 * app.get('/user', requireOAuth(protector), (req, res) => res.json(currentCredential(req)))
 * ```
 */
export class ResourceProtector<C extends Client = Client, T extends TokenCredential = TokenCredential>
  implements HookRegistry<C, T>
{
  readonly #hooks = new HookTable<C, T>('ResourceProtector', ['queryClient', 'queryToken', 'recordNonce'])
  #settings!: Settings<C>

  constructor(options: ResourceProtectorOptions<C, T> = {}) {
    this.init(options)
  }

  /** Sets hooks and options later than at construction; what is not named keeps its value. */
  init(given: ResourceProtectorOptions<C, T>): this {
    checkServerOptions(this.#hooks.owner, given)
    const { hooks = {}, ...options } = given
    this.#settings = resolveSettings(this.#hooks, { ...this.#settings?.given, ...options })
    this.#hooks.register(hooks)
    return this
  }

  registerHook<N extends HookName>(name: N, hook: NonNullable<Hooks<C, T>[N]>): this {
    this.#hooks.registerOne(name, hook)
    return this
  }

  /** Adds a method to this instance only; list its name in `supportedSignatureMethods` to accept it. */
  registerSignatureMethod(name: string, method: SignatureMethod): this {
    const signatureMethods = { ...this.#settings.given.signatureMethods, [name]: method }
    return this.init({ signatureMethods })
  }

  /**
   * Checks a request against §3.2 and answers who signed it.
   *
   * @param scope - Space-separated; the token must have been granted all of it.
   * @throws OAuth1Error when the request is to be refused; `errorResponse` writes the answer.
   * @throws StoreError when a hook failed; ConfigurationError when one is missing.
   */
  async authenticate(http: HttpRequest, scope?: string): Promise<Authentication<C, T>> {
    const { rules, parse, options, fault } = this.#settings
    const hooks = this.#hooks.complete
    const request = parse(http)
    const { client, token } = await authenticate<C, T>(
      request,
      rules(),
      (clientId, oauthToken) => this.#find(hooks, clientId, oauthToken),
      ({ client, token }) => {
        if (request.oauthToken === undefined && !options.twoLegged) {
          throw new OAuth1Error(
            'missing_required_parameter',
            'oauth_token is missing: this resource belongs to a user.',
          )
        }
        if (scope === undefined) return
        if (token?.scope && typeof token.scope !== 'string')
          fault(client.clientId, new TypeError('The scope of a token is no text.'))
        checkScope(scope, token?.scope)
      },
    )
    return new SignedRequest(client, token, request)
  }

  /** How large a request may be; an adapter reads no more of a form body. */
  get limits(): Limits {
    return this.#settings.limits
  }

  /** The answer to a request that `authenticate` refused: 400, 401, 403 or 413 with a challenge. */
  errorResponse(error: OAuth1Error, accept?: string): HttpResponse {
    return errorResponse(error, { realm: this.#settings.options.realm, accept, challenge: true })
  }

  /** In one round trip where the store can; the token is asked for even where the client is unknown: the same work for every stranger. */
  #find(hooks: Hooks<C, T>, clientId: string, oauthToken: string | undefined): Awaitable<Found<C, T>> {
    if (oauthToken !== undefined && hooks.queryClientAndToken) {
      const both = hooks.queryClientAndToken(clientId, oauthToken)
      return after(both, (both) => exact(clientId, oauthToken, both?.client, both?.token))
    }
    const client = hooks.queryClient(clientId)
    if (oauthToken === undefined)
      return after(client, (client) => exact<C, T>(clientId, undefined, client, undefined))
    // Both look-ups are under way at once where they take time.
    const token = hooks.queryToken(clientId, oauthToken)
    return isThenable(client) || isThenable(token)
      ? Promise.all([client, token]).then(([client, token]) => exact(clientId, oauthToken, client, token))
      : exact(clientId, oauthToken, client, token)
  }
}

/** Copies without secrets are made when they are first asked for: most handlers need one, some none. */
class SignedRequest<C extends Client, T extends TokenCredential> implements Authentication<C, T> {
  readonly request: OAuth1Request
  readonly #row: { readonly client: C; readonly token: T | undefined }
  #client: WithoutSecrets<C> | undefined
  #credential: WithoutSecrets<T> | undefined

  constructor(client: C, token: T | undefined, request: OAuth1Request) {
    this.#row = { client, token }
    this.request = request
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

  /** As a plain object would be written: accessors are not. */
  toJSON(): Authentication<C, T> {
    return { client: this.client, credential: this.credential, request: this.request }
  }
}

/** Only what was asked for counts: a store whose collation ignores case or trailing spaces must not widen the answer. */
function exact<C extends Client, T extends TokenCredential>(
  clientId: string,
  oauthToken: string | undefined,
  client: C | undefined,
  token: T | undefined,
): Found<C, T> {
  return {
    client: client?.clientId === clientId ? client : undefined,
    token: token?.oauthToken === oauthToken && token?.clientId === clientId ? token : undefined,
  }
}

/** @throws OAuth1Error `insufficient_scope` unless all that is required was granted; both are space-separated. */
export function checkScope(required: string, granted: string | null | undefined): void {
  const has = new Set(typeof granted === 'string' ? granted.split(' ') : [])
  const missing = required.split(' ').filter((scope) => scope !== '' && !has.has(scope))
  if (missing.length > 0) {
    throw new OAuth1Error(
      'insufficient_scope',
      `This resource needs the scope ${missing.join(' ')}, which the token was not granted.`,
    )
  }
}
