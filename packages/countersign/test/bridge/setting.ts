import {
  type Client,
  type HttpRequest,
  type OAuth1Event,
  ResourceProtector,
  type TokenCredential,
} from 'countersign'
import {
  clientPairs,
  type ExchangeHooks,
  type IssueRequest,
  oauth1TokenType,
  scopeTable,
  TokenExchange,
  type TokenExchangeOptions,
  type TokenGrantHooks,
  type TokenRequestParameters,
  tokenExchangeGrant,
} from 'countersign/bridge'
import { memoryHooks } from 'countersign/memory'
import { signed, type Unsigned } from '../../../../test/support/signer.ts'

export const start = 1_700_000_000
export const clients: readonly Client[] = [
  { clientId: 'client', clientSecret: 'secret' },
  { clientId: 'other', clientSecret: 'other-secret' },
  { clientId: 'alone', clientSecret: 'alone-secret' },
]
export const token: TokenCredential = {
  clientId: 'client',
  oauthToken: 'token',
  oauthTokenSecret: 'token-secret',
  userId: 7,
  scope: 'read',
}
const tokens: readonly TokenCredential[] = [
  token,
  { ...token, oauthToken: 'wide', scope: 'read write' },
  { ...token, oauthToken: 'ended', expiresAt: start },
  { ...token, oauthToken: 'without user', userId: null },
  { ...token, oauthToken: 'without scope', scope: null },
  { ...token, clientId: 'other', oauthToken: 'of another' },
  { ...token, clientId: 'alone', oauthToken: 'unpaired' },
]

/** The OAuth 2 side: a server that keeps its tokens in memory, and says which are good. */
export class Issuer {
  readonly #grants = new Map<string, string[]>()
  readonly requests: IssueRequest[] = []
  #count = 0

  readonly hooks = {
    issueTokens: async (request: IssueRequest) => {
      this.requests.push(request)
      const [accessToken, refreshToken] = [`access-${++this.#count}`, `refresh-${this.#count}`]
      this.#grants.set(request.grantId, [
        ...(this.#grants.get(request.grantId) ?? []),
        accessToken,
        refreshToken,
      ])
      return { accessToken, refreshToken, expiresIn: 3600 }
    },
    revokeTokens: async (grantId: string) => this.#grants.delete(grantId),
  }

  get valid(): string[] {
    return [...this.#grants.values()].flat()
  }
}

/** What a test changes of the usual exchange. */
export interface Changes extends Partial<Omit<TokenExchangeOptions, 'hooks'>> {
  readonly hooks?: Partial<ExchangeHooks>
  /** Where it is noted what tokens were exchanged for. Default: memory. */
  readonly grants?: TokenGrantHooks
}

/** An exchange over memory, whose clock the test holds, and all that its listener was told. */
export class Setting {
  now = start
  readonly events: OAuth1Event[] = []
  readonly issuer = new Issuer()
  readonly store: ReturnType<typeof memoryHooks>
  readonly protector: ResourceProtector
  readonly exchange: TokenExchange

  constructor({ hooks, grants, ...options }: Changes = {}) {
    const now = () => this.now
    const on = (event: OAuth1Event) => void this.events.push(event)
    this.store = memoryHooks({ clients, tokens, now })
    this.protector = options.protector ?? new ResourceProtector({ hooks: this.store, now, on })
    this.exchange = new TokenExchange({
      now,
      on,
      ...options,
      protector: this.protector,
      hooks: {
        ...this.store,
        ...grants,
        ...this.issuer.hooks,
        ...clientPairs({ client: 'app', other: 'other-app' }),
        scopesFor: scopeTable({ read: ['photos.read'], write: ['photos.write'] }, ['offline_access']),
        ...hooks,
      },
    })
  }

  /** A token request of the usual client. */
  ask(changes: TokenRequestParameters = {}, oauth2ClientId = 'app') {
    return this.exchange.exchange(oauth2ClientId, { ...parameters, ...changes })
  }

  /** A POST that is signed with the usual token. */
  sign(unsigned: Partial<Unsigned> = {}): HttpRequest {
    const request = { method: 'POST', url: 'https://api.example.net/oauth/exchange', token, ...unsigned }
    return signed(request, this.now)
  }
}

/** The parameters of a token request for the usual token. */
export const parameters = {
  grant_type: tokenExchangeGrant,
  subject_token: token.oauthToken,
  subject_token_type: oauth1TokenType,
  oauth_token_secret: token.oauthTokenSecret,
}
