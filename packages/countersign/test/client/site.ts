import { AuthorizationServer, type CommonOptions, ResourceProtector } from 'countersign'
import { currentCredential, endpoint, requireOAuth } from 'countersign/fetch'
import { memoryHooks } from 'countersign/memory'
import { spkiPem } from '../protocol/keys.ts'

export const start = 1_700_000_000
export const origin = 'https://photos.example.net'
export const callback = 'https://printer.example.com/ready'
export const keys = { clientId: 'client', clientSecret: 'secret' }
export const token = { oauthToken: 'token', oauthTokenSecret: 'token-secret' }
export const endpoints = {
  initiate: `${origin}/oauth/initiate`,
  authorize: `${origin}/oauth/authorize`,
  token: `${origin}/oauth/token`,
}

/** A request as it arrived, wherever it was sent. */
export interface Arrived {
  readonly method: string
  readonly url: string
  readonly headers: Headers
  readonly body: string
}

type Handler = (request: Request) => Response | Promise<Response>

/** The library's own servers as one Fetch handler, and what a test puts beside or before them. */
export class Site {
  now = start
  readonly arrived: Arrived[] = []
  /** By address without its query; all others are protected resources, or part of the flow. */
  readonly routes = new Map<string, Handler>()
  readonly server: AuthorizationServer
  readonly #handlers: ReadonlyMap<string, Handler>
  readonly #resource: Handler

  constructor(options: CommonOptions = {}) {
    const now = () => this.now
    const client = { ...keys, callbacks: [callback], rsaPublicKey: spkiPem }
    const hooks = memoryHooks({
      clients: [client],
      tokens: [{ ...token, clientId: 'client', userId: 7 }],
      now,
    })
    this.server = new AuthorizationServer({ hooks, now, ...options })
    const protector = new ResourceProtector({ hooks, now, ...options })
    this.#handlers = new Map<string, Handler>([
      [endpoints.initiate, endpoint(this.server.initiate)],
      [endpoints.token, endpoint(this.server.token)],
    ])
    this.#resource = requireOAuth(protector)(async (request) =>
      Response.json({ user: currentCredential(request).userId, body: await textOf(request) }),
    )
  }

  /** What sends requests to this site, in place of the network. */
  readonly fetch = async (url: string, init: RequestInit): Promise<Response> => {
    const request = new Request(url, init)
    const { method, headers } = request
    this.arrived.push({ method, url, headers, body: await textOf(request.clone()) })
    const address = url.split('?', 1)[0] as string
    const handler = this.routes.get(address) ?? this.#handlers.get(address) ?? this.#resource
    return handler(request)
  }

  /** The user's part: allows, or denies. Returns where the browser is sent to. */
  async decide(oauthToken: string, user: { id: number } | undefined): Promise<string> {
    const decision = await this.server.decideAuthorization(oauthToken, user)
    if (decision.kind === 'code')
      return `oob?oauth_token=${oauthToken}&oauth_verifier=${decision.oauthVerifier}`
    return decision.location ?? ''
  }

  get last(): Arrived {
    return this.arrived.at(-1) as Arrived
  }
}

/** As `text()`, of which workerd warns where the content is not called text. */
async function textOf(request: Request): Promise<string> {
  return new TextDecoder().decode(await request.arrayBuffer())
}

/** The protocol parameters of an Authorization header, decoded. */
export function protocolParameters(authorization: string | null | undefined): Record<string, string> {
  const pairs = [...(authorization ?? '').matchAll(/(oauth_\w+)="([^"]*)"/g)]
  return Object.fromEntries(pairs.map(([, name, value = '']) => [name, decodeURIComponent(value)]))
}
