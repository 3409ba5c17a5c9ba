/**
 * A request as the core sees it: independent of any framework and never normalised, because a client signs the bytes
 * that it sent.
 *
 * The adapters create it; a framework without an adapter only needs to provide this object.
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
   * The whole body as it was sent, of any content type, for checks that the signature does not cover, such as a body
   * hash. The call reads it and leaves it readable for the handler. A body over the limits is an `OAuth1Error` (413,
   * 408); one that a parser read without keeping its bytes is a `ConfigurationError`.
   */
  bytes?(): Promise<Uint8Array>
  /**
   * Receives the comparison with `oauth_body_hash`, so that `bytes` is not called: for a proxy, which hashes a body
   * while forwarding it. The request counts as accepted before its body is compared, so withhold the end of the body
   * until then.
   *
   * @example
   * ```ts
   * let check: BodyHashCheck | undefined
   * const authentication = await protector.authenticate({ ...request, deferBodyHash: (given) => { check = given } })
   * // … forward the body, all but its last octets, and hash it …
   * await check?.compare(check.hashNames.map(digestInBase64))
   * ```
   */
  deferBodyHash?(check: BodyHashCheck): void
}

/** A comparison with `oauth_body_hash` that waits until the body has been hashed. */
export interface BodyHashCheck {
  /** The hashes to compute over the body. */
  readonly hashNames: readonly ('sha1' | 'sha256' | 'sha512')[]
  /**
   * Resolves if one of the digests is the signed one.
   *
   * @param digests - Of the whole body, in base64, one for each of `hashNames`.
   * @throws OAuth1Error `invalid_signature`, after reporting it to the event listener; the protector's `errorResponse`
   *   writes the response.
   */
  compare(digests: readonly string[]): Promise<void>
}

/** A response for the framework to send: always complete, though the body may be empty. */
export interface HttpResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}
