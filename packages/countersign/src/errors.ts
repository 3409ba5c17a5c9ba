/** Every way a client can be at fault, with the HTTP status that RFC 5849 §3.2 (or HTTP itself) requires. */
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
  retired: 410,
  request_too_large: 413,
  too_many_requests: 429,
  brownout: 503,
} as const

/** A stable name for one kind of refusal; never renamed within a major version. */
export type OAuth1ErrorCode = keyof typeof statusOf

/**
 * The base of every error that this library throws on purpose. `code` is stable: it is never renamed within a major
 * version, and distinguishes errors where `instanceof` cannot, as when two copies of the package are bundled.
 *
 * @example
 * ```ts
 * if (error instanceof CountersignError) log.warn({ code: error.code }, error.message)
 * ```
 */
export abstract class CountersignError extends Error {
  abstract readonly code: string
}

/** What the Problem Reporting extension says about a fault beyond its code, under the extension's names. */
export interface Problem {
  /** `oauth_problem`, if the code does not imply it, such as `timestamp_refused`. */
  readonly name?: string
  /** `oauth_parameters_absent`: names. */
  readonly absent?: readonly string[]
  /** `oauth_parameters_rejected`: names and values as they arrived, never a secret. */
  readonly rejected?: Readonly<Record<string, string>>
  /** `oauth_acceptable_timestamps`: the first and the last second that would have been accepted. */
  readonly timestamps?: readonly [from: number, to: number]
  /** `oauth_acceptable_versions`. */
  readonly versions?: readonly [from: string, to: string]
}

/** Further details of an `OAuth1Error`, besides its code and description. */
export interface OAuth1ErrorDetails {
  readonly advice?: string | undefined
  readonly problem?: Problem | undefined
}

/**
 * The client's fault: says what was wrong with the request, in words that are safe to send back. It never contains a
 * secret, a signature or a base string.
 *
 * @example
 * ```ts
 * throw new OAuth1Error('invalid_request', 'The oauth_timestamp must be digits only.')
 * ```
 */
export class OAuth1Error extends CountersignError {
  override readonly name = 'OAuth1Error'
  readonly code: OAuth1ErrorCode
  /** The HTTP status of the response; `statusCode` is the same value, under the name that other frameworks read. */
  readonly status: number
  readonly statusCode: number
  /** The sentence for the client's developer. */
  readonly description: string
  /** What was wrong with the signature, for a client in development that proved its secret (the policy `advice`). */
  readonly advice: string | undefined
  readonly #problem: Problem | undefined

  constructor(code: OAuth1ErrorCode, description: string, details: OAuth1ErrorDetails = {}) {
    super(`${code}: ${description}`)
    this.code = code
    this.status = statusOf[code]
    this.statusCode = this.status
    this.description = description
    this.advice = details.advice
    this.#problem = details.problem
  }

  /**
   * For the `problemReporting` option. Not a field, because it may contain what the client sent, and logs show fields.
   */
  get problem(): Problem | undefined {
    return this.#problem
  }
}

/**
 * Why a temporary credential cannot be approved or denied: show `reason` on the resource owner's page. `unknown` also
 * covers a credential that has been spent and removed.
 */
export class UndecidableError extends OAuth1Error {
  readonly reason: 'unknown' | 'expired' | 'decided'

  constructor(reason: UndecidableError['reason']) {
    super('invalid_token', undecidable[reason], { problem: problems[reason] })
    this.reason = reason
  }
}

const problems = {
  unknown: { name: 'token_rejected' },
  expired: { name: 'token_expired' },
  decided: { name: 'token_used' },
}

const undecidable = {
  unknown:
    'There is no such temporary credential: never issued, expired, or already used. Start the flow again.',
  expired: 'This temporary credential has expired. Start the flow again.',
  decided: 'This request was already decided upon. Start again from the application.',
}

/** The developer's fault: a missing or contradictory option or hook. The message says what to write. */
export class ConfigurationError extends CountersignError {
  override readonly name = 'ConfigurationError'
  readonly code = 'configuration_error'
}

/**
 * A store failed, or did not respond in time. No request is accepted because of it. Frameworks that honour `status` or
 * `statusCode` respond with 503.
 */
export class StoreError extends CountersignError {
  override readonly name = 'StoreError'
  readonly code: 'store_error' | 'record_error' = 'store_error'
  readonly status = 503
  readonly statusCode = 503
}

/**
 * The stored data of one client or credential cannot be used, such as a secret that does not decrypt. The servers treat
 * such a row as absent, so that no stranger learns of it, and report a fault to the operator. A store may throw it.
 */
export class RecordError extends StoreError {
  override readonly code = 'record_error'
  readonly clientId: string

  constructor(clientId: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.clientId = clientId
  }
}
