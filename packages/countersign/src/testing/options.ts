import type { ClientOptions, Credential, FlowEndpoints } from '../client/options.ts'

/**
 * What `TestClient` takes: all options of `OAuth1Client`, and where paths lead. `retries` and `clockCorrection` apply to
 * `authorize` alone: `fetch` sends each request once.
 */
export interface TestClientOptions extends ClientOptions {
  /**
   * Scheme and host, and the path prefix if there is one, of the paths that are signed: the `origin` of your server if it
   * has that option. The prefix is signed, and removed again in what `request` and `inject` make. Default
   * `http://localhost`.
   */
  readonly origin?: string | undefined
  /** Paths or URLs. Default `/oauth/initiate`, `/oauth/authorize` and `/oauth/token`. */
  readonly endpoints?: FlowEndpoints | undefined
}

/** A request to sign. The last four members make requests that your application must refuse. */
export interface TestRequest {
  /** Default GET. */
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as a form, and signed. */
  readonly form?: Readonly<Record<string, string>> | URLSearchParams
  /** Sent as JSON, which is signed only where the client's `bodyHash` says so. */
  readonly json?: unknown
  /** Any other body. */
  readonly body?: string | Uint8Array
  /** Seconds since 1970. Default: now. */
  readonly timestamp?: number
  /** Default: random. A nonce is used up together with its timestamp: to replay, give both, or send the same headers twice. */
  readonly nonce?: string
  /** In the place of the client's. */
  readonly clientSecret?: string
  /** In the place of the client's; null for none. */
  readonly token?: Credential | null
}

/** What `inject` of Fastify and light-my-request takes. */
export interface InjectedRequest {
  readonly method: string
  /** Path and query. */
  readonly url: string
  readonly headers: Record<string, string>
  readonly payload?: string | Uint8Array
}
