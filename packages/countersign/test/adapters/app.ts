import { setTimeout as sleep } from 'node:timers/promises'
import {
  type Authentication,
  AuthorizationServer,
  type Client,
  type CommonOptions,
  type Endpoint,
  type HttpRequest,
  type HttpResponse,
  OAuth1Error,
  ResourceProtector,
  type TokenCredential,
  type WithoutSecrets,
} from 'countersign'
import { memoryHooks } from 'countersign/memory'

export const client: Client = {
  clientId: 'client',
  clientSecret: 'secret',
  callbacks: ['http://127.0.0.1:1/callback'],
}

/** One that may sign without a token wherever a user's token is asked for. */
export const twoLeggedClient: Client = {
  clientId: 'batch',
  clientSecret: 'batch-secret',
  policy: { twoLegged: true },
}

/** A token credential as an application has it: with its user. */
interface Token extends TokenCredential {
  readonly user: { readonly name: string }
}

/** One of fifty tokens, each of another user. */
export function token(index = 0) {
  return { oauthToken: `token${index}`, oauthTokenSecret: `token-secret${index}` }
}

const tokens = Array.from({ length: 50 }, (_, i) => ({
  ...token(i),
  clientId: 'client',
  userId: i,
  scope: 'read',
}))

/** What a handler of the test application sees, in whichever framework it runs. */
interface View {
  /** `currentAuthentication(request)` */
  readonly byRequest: () => Authentication<Client, TokenCredential>
  /** `currentCredential()` */
  readonly inContext: () => WithoutSecrets<TokenCredential>
  /** `currentAuthentication()` */
  readonly authenticationInContext: () => Authentication<Client, TokenCredential>
  /** The form as the framework's handlers read it. */
  readonly fields: () => Promise<readonly (readonly [string, string])[]>
  /** The length of the body, read as a stream. */
  readonly size: () => Promise<number>
  /** The whole body as a handler has it: what a parser made of it, or its octets. */
  readonly body: () => Promise<unknown>
}

/** Reads the octets of the body in the middle of the check, for requests that ask for it, and hands them on. */
class OctetsProtector extends ResourceProtector<Client, Token> {
  override async authenticate(http: HttpRequest, scope?: string) {
    const reads = http.headers['x-octets'] === undefined ? undefined : http.bytes?.()
    const octets = await reads
    const again = reads && (await http.bytes?.())
    if (octets && again && !Buffer.from(octets).equals(again))
      throw new Error('Read twice, and not the same.')
    // The credential is a getter of it: a copy would lose that.
    return Object.assign(await super.authenticate(http, scope), { octets })
  }
}

/** The one application that every framework serves. The harness of a framework says where each part hangs. */
export class App {
  readonly server: AuthorizationServer
  readonly protector: ResourceProtector<Client, Token>
  readonly options: CommonOptions
  failing = false

  constructor(options: CommonOptions = {}) {
    this.options = options
    const hooks = memoryHooks({ clients: [client, twoLeggedClient], tokens })
    const withUser = (credential: TokenCredential | undefined): Token | undefined =>
      credential && { ...credential, user: { name: `user ${credential.userId}` } }
    this.server = new AuthorizationServer({ hooks, insecureTransport: true, ...options })
    this.protector = new OctetsProtector({
      hooks: {
        queryClient: hooks.queryClient,
        recordTokenUse: (use) => hooks.recordTokenUse?.(use),
        queryToken: async (clientId, oauthToken) => withUser(await hooks.queryToken(clientId, oauthToken)),
        recordNonce: (record) => {
          if (this.failing) throw new Error('The store is down, on purpose.')
          return hooks.recordNonce(record)
        },
      },
      ...options,
    })
  }

  /** Path by path; each may be called with any verb. */
  get endpoints(): Record<string, Endpoint | ((request: HttpRequest) => Promise<HttpResponse>)> {
    return {
      '/oauth/initiate': this.server.initiate,
      '/oauth/authorize': (request) => this.server.createAuthorizationResponse(request, { id: 7 }),
      '/oauth/token': this.server.token,
      '/oauth/revoke': this.server.revoke,
      '/oauth/renew': this.server.renew,
      '/oauth/broken': () => Promise.reject(new OAuth1Error('invalid_request', 'Broken on purpose.')),
    }
  }

  /** The protected routes; `/any/*` and `/mounted/deep/*` are prefixes. Each has one guard per entry. */
  readonly routes: readonly Route[] = [
    { path: '/api/echo', required: [{}], handle: echo },
    { path: '/any/*', required: [{}], handle: echo },
    { path: '/api/admin', required: ['admin'], handle: echo },
    { path: '/api/twice', required: [{}, 'read'], handle: echo },
    { path: '/api/twice-admin', required: ['read', 'admin'], handle: echo },
    { path: '/api/throw', required: [{ errors: 'throw' }], handle: echo },
    { path: '/api/size', required: [{}], handle: async ({ fields }) => ({ size: lengthOf(await fields()) }) },
    { path: '/api/upload', required: [{}], handle: async ({ size }) => ({ size: await size() }) },
    { path: '/api/octets', required: [{}], handle: octetsAndBody },
    { path: '/api/client', required: [{ client: true }], handle: signer },
    { path: '/api/client-throw', required: [{ client: true, errors: 'throw' }], handle: signer },
    { path: '/api/client-twice', required: [{ client: true }, { client: true }], handle: signer },
    { path: '/api/user-then-client', required: [{}, { client: true }], handle: signer },
    { path: '/api/client-then-user', required: [{ client: true }, {}], handle: signer },
    { path: '/api/client-then-reader', required: [{ client: true }, 'read'], handle: signer },
  ]

  /** For `/echo` below the router or prefix that is mounted at `/mounted/deep`. */
  readonly mounted: Route = { path: '/echo', required: [{}], handle: echo }
}

/** One protected route. */
export interface Route {
  readonly path: string
  readonly required: readonly Demand[]
  readonly handle: (view: View) => Promise<object>
}

/** What one guard of a route demands: what `requireOAuth` takes, or with `client` what `requireClient` takes. */
type Demand = string | { readonly client?: true; readonly errors?: 'throw' }

/** The words of one framework for its guards. */
interface Guards<G> {
  readonly requireOAuth: (protector: App['protector'], scope: string | { errors?: 'throw' }) => G
  readonly requireClient: (protector: App['protector'], options: { errors?: 'throw' }) => G
}

/** The guards of a route, the outermost first. */
export function guardsOf<G>(guards: Guards<G>, { protector }: App, { required }: Route): G[] {
  return required.map((demand) => {
    if (typeof demand === 'string') return guards.requireOAuth(protector, demand)
    const { client, ...options } = demand
    return client ? guards.requireClient(protector, options) : guards.requireOAuth(protector, options)
  })
}

/** Who it was, asked in two ways. */
async function echo({ byRequest, inContext, fields }: View): Promise<object> {
  const { credential, request } = byRequest()
  const read = await fields()
  // Long enough for another request to come in between.
  await sleep(2)
  const later = inContext() as Token
  return {
    method: request.method,
    byRequest: credential?.oauthToken,
    inContext: later.oauthToken,
    user: later.user.name,
    signed: request.parameters,
    fields: read,
  }
}

/** Who signed, where that may be a client alone. */
async function signer({ byRequest, authenticationInContext }: View): Promise<object> {
  const { client, credential } = byRequest()
  await sleep(2)
  return {
    client: client.clientId,
    token: credential?.oauthToken,
    inContext: authenticationInContext().client.clientId,
  }
}

/** What the check read, and what the handler reads after it. */
async function octetsAndBody({ byRequest, body }: View): Promise<object> {
  const { octets } = byRequest() as { octets?: Uint8Array }
  const read = await body()
  return {
    octets: octets && Buffer.from(octets).toString('hex'),
    body: read instanceof Uint8Array ? Buffer.from(read).toString('hex') : { parsed: read },
  }
}

function lengthOf(fields: readonly (readonly [string, string])[]): number {
  return fields.reduce((sum, [name, value]) => sum + name.length + 1 + value.length, 0)
}

/** The responses of the test application's error handlers. */
export function handled(error: unknown): { status: number; body: string } {
  const { status = 500, name, message } = error as { status?: number; name?: string; message?: string }
  return { status, body: `handled ${name}: ${message}` }
}

/** The pairs of what a body parser made of a form, or of its text. */
export function pairsOf(form: unknown): [string, string][] {
  if (typeof form === 'string') return [...new URLSearchParams(form)]
  return Object.entries(form ?? {}).flatMap(([name, value]) =>
    [value].flat().map((item): [string, string] => [name, String(item)]),
  )
}

/** The octets of a stream, counted. */
export async function sizeOf(stream: AsyncIterable<Uint8Array>): Promise<number> {
  let size = 0
  for await (const chunk of stream) size += chunk.length
  return size
}

/** All of a stream. */
export async function octetsOf(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** All of a stream, as text. */
export async function textOf(stream: AsyncIterable<Uint8Array>): Promise<string> {
  return Buffer.from(await octetsOf(stream)).toString()
}
