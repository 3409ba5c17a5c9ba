import type { Configuration, CustomFetch } from 'openid-client'
import { Agent } from 'undici'
import { clientAuthentication, insecureRequests, loaded } from '../openid/library.ts'
import { RemoteValue } from '../openid/remote-value.ts'
import type { OAuth2Settings } from '../settings/oauth2-settings.ts'

/** Limit of each request: shorter than the store's, so that the cause of a failure is clear. */
const timeoutSeconds = 3
/** Limit of a response. */
const maxOctets = 256 * 1024
const maxConnections = 32
/** Tokens live for about an hour, and no new ones come from a server that is down. */
const times = { freshSeconds: 3600, keptSeconds: 24 * 3600, retrySeconds: 5, renewalSeconds: 30 }

/**
 * The OAuth 2 server over HTTP: whatever it sends or fails to send costs at most a few seconds and some memory. Nothing
 * is read before it is needed, so this process starts while the server is down.
 */
export class OAuth2Server {
  readonly #settings: OAuth2Settings
  readonly #agent = new Agent({
    connections: maxConnections,
    connect: { timeout: timeoutSeconds * 1000 },
    maxResponseSize: maxOctets,
  })
  readonly #found: RemoteValue<Configuration>

  constructor(settings: OAuth2Settings) {
    this.#settings = settings
    this.#found = new RemoteValue(() => this.#discover(), times)
  }

  /** Its metadata, and this API as its client (RFC 8414, OpenID Connect Discovery 1.0). */
  configuration(): Promise<Configuration> {
    return this.#found.get()
  }

  /** A document of the server. @throws Error unless it arrives in time, as JSON. */
  async json(address: string): Promise<unknown> {
    const signal = AbortSignal.timeout(timeoutSeconds * 1000)
    const response = await this.#fetch(address, {
      method: 'GET',
      headers: {},
      body: undefined,
      redirect: 'manual',
      signal,
    })
    if (response.status !== 200) throw new Error(`${address} responded with ${response.status}.`)
    return response.json()
  }

  async close(): Promise<void> {
    await this.#agent.destroy()
  }

  /** Follows no redirect: a server's own addresses need none. */
  readonly #fetch: CustomFetch = async (address, { method, headers, body, signal }) => {
    const { origin, pathname, search } = new URL(address)
    const response = await this.#agent.request({
      origin,
      path: pathname + search,
      method: method as 'GET' | 'POST',
      headers,
      body: body === undefined || body === null ? null : String(body),
      signal: signal ?? AbortSignal.timeout(timeoutSeconds * 1000),
    })
    const text = await response.body.text()
    const type = response.headers['content-type']
    const isEmpty = response.statusCode === 204 || response.statusCode === 304
    return new Response(isEmpty ? null : text, {
      status: response.statusCode,
      headers: typeof type === 'string' ? { 'content-type': type } : {},
    })
  }

  /** Both addresses at once: many servers have only one of them. */
  async #discover(): Promise<Configuration> {
    const library = await loaded()
    const { issuer, introspection } = this.#settings
    const address = new URL(issuer)
    // Anyone may read the keys.
    const { clientId = 'anyone', clientSecret } = introspection ?? {}
    const authentication =
      clientSecret === undefined ? undefined : clientAuthentication(library, clientSecret, 'introspection')
    const needed = introspection === undefined ? 'jwks_uri' : 'introspection_endpoint'
    const attempts = (['oauth2', 'oidc'] as const).map(async (algorithm) => {
      const config = await library.discovery(address, clientId, clientSecret, authentication, {
        algorithm,
        timeout: timeoutSeconds,
        execute: insecureRequests(library, address),
        [library.customFetch]: this.#fetch,
      })
      if (config.serverMetadata()[needed] === undefined)
        throw new Error(`The metadata of the OAuth 2 server ${issuer} has no ${needed}.`)
      return config
    })
    const results = await Promise.allSettled(attempts)
    const found = results.find((result) => result.status === 'fulfilled')
    if (found !== undefined) return found.value
    const errors = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []))
    throw new AggregateError(errors, `The metadata of the OAuth 2 server ${issuer} cannot be read.`)
  }
}
