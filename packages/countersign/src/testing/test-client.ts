import { OAuth1Client } from '../client/client.ts'
import type { FlowRequest } from '../client/flow.ts'
import type { ClientOptions, Credential } from '../client/options.ts'
import type { SignedRequest, UnsignedRequest } from '../client/signing.ts'
import type { Place } from '../protocol/parsed-values.ts'
import type { Approve } from './approval.ts'
import type { InjectedRequest, TestClientOptions, TestRequest } from './options.ts'

/**
 * A client for tests: signs requests to your application, valid ones and others, and runs the flow without a browser.
 *
 * @example
 * ```ts
 * const client = new TestClient({ clientId: 'demo', clientSecret: 'demo-secret', token })
 * await app.request(client.request('/api/me')) // Hono, and whatever takes a Request
 * await app.inject(client.inject('/api/me')) // Fastify
 * await request(app).get('/api/me').set(client.headers('/api/me')) // supertest
 * ```
 */
export class TestClient {
  readonly #options: TestClientOptions
  readonly #origin: string

  /** @throws ConfigurationError for options that no request could be signed with. */
  constructor(options: TestClientOptions) {
    this.#options = options
    this.#origin = (options.origin ?? 'http://localhost').replace(/\/+$/, '')
    this.#client()
  }

  /** The same client for another token, or for none. */
  withToken(token: Credential | undefined): TestClient {
    return new TestClient({ ...this.#options, token })
  }

  /**
   * A signed `Request`, for `app.request` of Hono, or for a handler that takes one. It follows no redirect. A path prefix
   * of the option `origin` is signed, but is not in the URL: the proxy in front of the application removes it.
   *
   * @param target - A path with its query, or a whole URL.
   * @throws OAuth1ClientError `unsignable_request`; ConfigurationError where the signer returns a promise.
   */
  request(target: string, request: TestRequest = {}): Request {
    const { url, ...init } = this.#sign(target, request)
    return new Request(this.#withoutPrefix(url), requestInit(init))
  }

  /** As `request`, but the object that `inject` of Fastify takes. */
  inject(target: string, request: TestRequest = {}): InjectedRequest {
    const signed = this.#sign(target, request)
    const { method, url, body } = signed
    const { pathname, search } = new URL(this.#withoutPrefix(url))
    const payload = body === undefined ? {} : { payload: body }
    return { method, url: pathname + search, headers: headersOf(signed), ...payload }
  }

  /**
   * The headers of a signed request, for supertest and for whatever else sends it: `authorization`, whatever the client's
   * `place`, and `host`, because it is signed. Send the same method, path and body that they were made for.
   */
  headers(target: string, request: TestRequest = {}): Record<string, string> {
    return headersOf(this.#sign(target, request, 'header'))
  }

  /**
   * Sends a signed request to its public URL, once, with the client's `fetch`, which is the global one unless the options
   * say otherwise.
   */
  async fetch(target: string, request: TestRequest = {}): Promise<Response> {
    const { client, unsigned } = this.#unsigned(target, request)
    const { url, ...init } = await client.signAsync(unsigned)
    return (this.#options.fetch ?? fetch)(url, requestInit(init))
  }

  /**
   * Goes through the three steps of the flow (§2), over the client's `fetch`.
   *
   * @param approve - Plays the user: `approvedBy(server, user)`, or what your consent page needs.
   * @param request - `callback` is `oob` by default; `parameters` such as a scope go with the first step.
   * @returns This client with the token.
   * @throws OAuth1ClientError as the steps of `OAuth1Client`, `access_denied` among them.
   * @example
   * ```ts
   * const ada = await client.authorize(approvedBy(server, { id: 'ada' }), { parameters: { scope: 'notes:read' } })
   * ```
   */
  async authorize(
    approve: Approve,
    { callback, ...request }: FlowRequest & { readonly callback?: string } = {},
  ): Promise<TestClient> {
    const client = this.#client({ token: undefined })
    const temporary = await client.requestTemporaryCredential(callback, request)
    const returned = await approve(client.authorizationUrl(temporary))
    const verifier = /^[a-z][a-z0-9+.-]*:/i.test(returned)
      ? client.readCallback(returned, temporary)
      : returned
    return this.withToken(await client.requestToken(temporary, verifier))
  }

  #sign(target: string, request: TestRequest, place?: Place): SignedRequest {
    const { client, unsigned } = this.#unsigned(target, request)
    return client.sign({ ...unsigned, place })
  }

  #unsigned(
    target: string,
    request: TestRequest,
  ): { readonly client: OAuth1Client; readonly unsigned: UnsignedRequest } {
    const { method = 'GET', form, json, body, timestamp, nonce, clientSecret, token } = request
    const headers = new Headers(request.headers)
    if (json !== undefined && !headers.has('content-type')) headers.set('content-type', 'application/json')
    const content = form ? new URLSearchParams(form) : json === undefined ? body : JSON.stringify(json)
    const client = this.#client({
      ...(clientSecret !== undefined && { clientSecret }),
      ...(token !== undefined && { token: token ?? undefined }),
    })
    const oauth = {
      ...(timestamp !== undefined && { oauth_timestamp: String(timestamp) }),
      ...(nonce !== undefined && { oauth_nonce: nonce }),
    }
    return { client, unsigned: { method, url: this.#absolute(target), headers, body: content, oauth } }
  }

  #client(changes: Partial<ClientOptions> = {}): OAuth1Client {
    const {
      initiate = '/oauth/initiate',
      authorize = '/oauth/authorize',
      token = '/oauth/token',
    } = this.#options.endpoints ?? {}
    const [first, second, third] = [initiate, authorize, token].map((path) => this.#absolute(path))
    const endpoints = { initiate: first, authorize: second, token: third }
    return new OAuth1Client({ ...this.#options, endpoints, ...changes })
  }

  #absolute(target: string): string {
    return target.startsWith('/') ? this.#origin + target : target
  }

  /** The URL as the application gets it from a proxy that removes the path prefix of the origin. */
  #withoutPrefix(url: string): string {
    const { origin, href } = new URL(this.#origin)
    const prefix = href.replace(/\/$/, '')
    return url.startsWith(`${prefix}/`) ? origin + url.slice(prefix.length) : url
  }
}

/** With the host: whatever address the request is sent to, this one was signed. */
function headersOf({ url, headers }: SignedRequest): Record<string, string> {
  return { ...headers, host: new URL(url).host }
}

function requestInit({ method, headers, body }: Pick<SignedRequest, 'method' | 'headers' | 'body'>) {
  return { method, headers, redirect: 'manual', ...(body === undefined ? {} : { body }) } as RequestInit
}
