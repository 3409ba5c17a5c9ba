import {
  AuthorizationServer,
  type AuthorizationServerOptions,
  type Client,
  type Hooks,
  type HttpRequest,
  type HttpResponse,
  type NonceRecord,
  ResourceProtector,
  type ResourceProtectorOptions,
  type TokenCredential,
} from 'countersign'
import { memoryHooks } from 'countersign/memory'
import { signed, type Unsigned } from '../../../../test/support/signer.ts'

export const start = 1_700_000_000
export const client: Client = {
  clientId: 'client',
  clientSecret: 'secret',
  callbacks: ['https://printer.example.com/ready'],
}
export const token: TokenCredential = {
  clientId: 'client',
  oauthToken: 'token',
  oauthTokenSecret: 'token-secret',
  userId: 7,
  scope: 'read write',
}
export const api = 'https://photos.example.net'

/** What a test changes of the usual provider. */
export interface Changes {
  readonly clients?: readonly Client[]
  readonly tokens?: readonly TokenCredential[]
  readonly hooks?: (hooks: Hooks) => Partial<Hooks>
  readonly server?: AuthorizationServerOptions
  readonly protector?: ResourceProtectorOptions
}

/** A provider over memory whose clock the test holds, and a log of what was written to its store. */
export class Provider {
  now = start
  readonly nonces: NonceRecord[] = []
  readonly hooks: Hooks
  readonly server: AuthorizationServer
  readonly protector: ResourceProtector

  constructor({ clients = [client], tokens = [token], hooks = () => ({}), ...options }: Changes = {}) {
    const now = () => this.now
    const memory = memoryHooks({ clients, tokens, now })
    const store: Hooks = {
      ...memory,
      recordNonce: (record) => {
        this.nonces.push(record)
        return memory.recordNonce(record)
      },
    }
    this.hooks = { ...store, ...hooks(store) }
    this.server = new AuthorizationServer({ hooks: this.hooks, now, ...options.server })
    this.protector = new ResourceProtector({ hooks: this.hooks, now, ...options.protector })
  }

  sign(unsigned: Unsigned): HttpRequest {
    return signed(unsigned, this.now)
  }

  initiate(oauth: Unsigned['oauth'] = {}, rest: Partial<Unsigned> = {}): Promise<HttpResponse> {
    const callback = { oauth_callback: 'https://printer.example.com/ready' }
    return this.server.createTemporaryCredentialResponse(
      this.sign({ method: 'POST', url: `${api}/initiate`, oauth: { ...callback, ...oauth }, ...rest }),
    )
  }

  /** Temporary credentials for the usual client. */
  async temporary(oauth: Unsigned['oauth'] = {}): Promise<Pair> {
    return credentials(await this.initiate(oauth))
  }

  authorize(
    oauthToken: string,
    user: { id: number } | undefined,
    approval?: { scope: string },
  ): Promise<HttpResponse> {
    return this.server.createAuthorizationResponse(consent(oauthToken), user, approval)
  }

  /** Temporary credentials that user 7 has approved, and the verifier. */
  async approved(): Promise<{ temporary: Pair; verifier: string }> {
    const temporary = await this.temporary()
    const { location = '' } = (await this.authorize(temporary.oauthToken, { id: 7 })).headers
    return { temporary, verifier: new URL(location).searchParams.get('oauth_verifier') ?? '' }
  }

  exchange(
    temporary: Pair,
    verifier: string | undefined,
    rest: Partial<Unsigned> = {},
  ): Promise<HttpResponse> {
    return this.server.createTokenResponse(
      this.sign({
        method: 'POST',
        url: `${api}/token`,
        token: temporary,
        ...rest,
        oauth: { oauth_verifier: verifier, ...rest.oauth },
      }),
    )
  }

  /** A GET of a protected resource, signed with the usual token. */
  read(rest: Partial<Unsigned> = {}): HttpRequest {
    return this.sign({ url: `${api}/photos?file=vacation.jpg`, token, ...rest })
  }
}

/**
 * A store whose every result takes a turn of the event loop, so that requests at the same time overtake each other. The
 * token and the temporary credential lie in two stores.
 */
export function overNetwork(hooks: Hooks): Partial<Hooks> {
  const later = ([name, hook]: [string, unknown]) => [
    name,
    async (...parameters: unknown[]) => {
      await new Promise((resolve) => setImmediate(resolve))
      return (hook as (...parameters: unknown[]) => unknown)(...parameters)
    },
  ]
  const { exchangeTemporaryCredential: _, ...parts } = hooks
  return { ...Object.fromEntries(Object.entries(parts).map(later)), exchangeTemporaryCredential: undefined }
}

export interface Pair {
  readonly oauthToken: string
  readonly oauthTokenSecret: string
}

export function credentials(response: HttpResponse): Pair {
  const fields = new URLSearchParams(response.body)
  const [oauthToken, oauthTokenSecret] = [fields.get('oauth_token'), fields.get('oauth_token_secret')]
  if (response.status !== 200 || !oauthToken || !oauthTokenSecret)
    throw new Error(`No credentials: ${response.status} ${response.body}`)
  return { oauthToken, oauthTokenSecret }
}

export function consent(oauthToken: string): HttpRequest {
  return { method: 'GET', url: `${api}/authorize?oauth_token=${encodeURIComponent(oauthToken)}`, headers: {} }
}

/** The `error` of a response. */
export function errorOf(response: HttpResponse): string | null {
  return new URLSearchParams(response.body).get('error')
}
