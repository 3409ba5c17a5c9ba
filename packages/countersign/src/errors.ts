/** Every way a client can be at fault, with the HTTP status that RFC 5849 §3.2 (or HTTP itself) asks for. */
const statusOf = {
  invalid_request: 400,
  missing_required_parameter: 400,
  duplicated_oauth_protocol_parameter: 400,
  unsupported_parameter: 400,
  unsupported_signature_method: 400,
  insecure_transport: 400,
  missing_credentials: 401,
  invalid_client: 401,
  invalid_token: 401,
  invalid_signature: 401,
  invalid_nonce: 401,
  access_denied: 403,
  insufficient_scope: 403,
  method_not_allowed: 405,
  request_timeout: 408,
  request_too_large: 413,
  too_many_requests: 429,
} as const

/** A stable name for one kind of refusal; never renamed within a major version. */
export type OAuth1ErrorCode = keyof typeof statusOf

/**
 * The client's fault: what was wrong with the request, in words that are safe to send back.
 * It never holds a secret, a signature or a base string.
 *
 * @example
 * ```ts
 * throw new OAuth1Error('invalid_request', 'The oauth_timestamp must be digits only.')
 * ```
 */
export class OAuth1Error extends Error {
  override readonly name = 'OAuth1Error'
  readonly code: OAuth1ErrorCode
  /** The HTTP status of the response; `statusCode` is the same, under the name that other frameworks look for. */
  readonly status: number
  readonly statusCode: number
  /** The sentence for the client's developer. */
  readonly description: string

  constructor(code: OAuth1ErrorCode, description: string) {
    super(`${code}: ${description}`)
    this.code = code
    this.status = statusOf[code]
    this.statusCode = this.status
    this.description = description
  }
}

/** The developer's fault: an option or a hook that is missing or contradictory. The message says what to write. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError'
}

/**
 * A store failed, or did not respond in time: no request is let in because of it.
 * Frameworks that honour `status` or `statusCode` respond with 503.
 */
export class StoreError extends Error {
  override readonly name = 'StoreError'
  readonly status = 503
  readonly statusCode = 503
}

/**
 * The stored data of one client or credential cannot be used: a secret that does not open, say. The servers take such a
 * row for one that is not there, so that no stranger learns of it, and report a fault to the operator. A store may throw it.
 */
export class RecordError extends StoreError {
  readonly clientId: string

  constructor(clientId: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.clientId = clientId
  }
}
