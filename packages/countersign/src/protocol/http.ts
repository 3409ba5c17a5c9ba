/**
 * A request as the core sees it: framework-neutral and never normalised, because a client signs the bytes that it sent.
 *
 * The adapters make it; a framework without an adapter needs only this object.
 *
 * @example
 * ```ts
 * const request: HttpRequest = {
 *   method: 'POST',
 *   url: 'https://api.example.com/oauth/initiate',
 *   headers: { authorization: 'OAuth oauth_consumer_key="…"' },
 * }
 * ```
 */
export interface HttpRequest {
  /** The verb in any case, as received. */
  readonly method: string
  /** Absolute (scheme, host, path, query), as the client sent it: no decoding, no `URL` round trip. */
  readonly url: string
  /** Header values by lower-case name; a repeated header is a list or an array. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  /** The raw text of an `application/x-www-form-urlencoded` body; undefined for any other content. */
  readonly body?: string | undefined
  /**
   * The whole body as it was sent, of any content type: for checks of what the signature does not cover, such as a body
   * hash. It is read when this is called, and stays readable for the handler; a body over the limits is an `OAuth1Error`
   * (413, 408), one that a parser read without keeping its octets a `ConfigurationError`.
   */
  bytes?(): Promise<Uint8Array>
}

/** A response for the framework to send: always complete, the body possibly empty. */
export interface HttpResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}
