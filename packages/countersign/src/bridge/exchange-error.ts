import { CountersignError } from '../errors.ts'

/** Every way an exchange can be refused, with its HTTP status (RFC 6749 §5.2, RFC 8693 §2.2.2). */
const statusOf = {
  invalid_request: 400,
  invalid_client: 401,
  invalid_grant: 400,
  unauthorized_client: 400,
  unsupported_grant_type: 400,
  invalid_scope: 400,
  invalid_target: 400,
  method_not_allowed: 405,
  rate_limited: 429,
  temporarily_unavailable: 503,
} as const

/** The `error` of a refused exchange. RFC 6749 does not define the last three; X uses the last two. */
export type ExchangeErrorCode = keyof typeof statusOf

/** Why an exchange was refused. It is for the operator: the client sees only `invalid_grant`. */
export type ExchangeRefusal =
  | 'client_not_paired'
  | 'unknown_token'
  | 'wrong_secret'
  | 'token_ended'
  | 'token_without_user'

/**
 * A refused exchange, in the terms of RFC 6749 §5.2: `error`, `error_description` and `status`. It never holds a token or
 * a secret. Frameworks that honour `status` or `statusCode` respond with it.
 *
 * @example
 * ```ts
 * if (error instanceof ExchangeError) return Response.json(error, { status: error.status })
 * ```
 */
export class ExchangeError extends CountersignError {
  override readonly name = 'ExchangeError'
  readonly code: ExchangeErrorCode
  readonly error: ExchangeErrorCode
  readonly error_description: string
  readonly status: number
  readonly statusCode: number
  readonly #refusal: ExchangeRefusal | undefined

  constructor(code: ExchangeErrorCode, description: string, refusal?: ExchangeRefusal) {
    super(`${code}: ${description}`)
    this.code = code
    this.error = code
    this.error_description = description
    this.status = statusOf[code]
    this.statusCode = this.status
    this.#refusal = refusal
  }

  /** Why, for the event. Not a field, because fields are what a framework may send. */
  get refusal(): ExchangeRefusal | undefined {
    return this.#refusal
  }

  /** The body of the response (RFC 6749 §5.2). */
  toJSON(): { readonly error: ExchangeErrorCode; readonly error_description: string } {
    const { error, error_description } = this
    return { error, error_description }
  }
}

/**
 * The error that an exchange throws when it does not accept the OAuth 1.0 token: the response is the same for every
 * reason. Hooks that refuse a token throw it too.
 *
 * @param refusal - The reason, for the event `exchange_refused`. The client does not see it.
 * @example
 * ```ts
 * if (row.endedAt !== null) throw invalidGrant('token_ended')
 * ```
 */
export function invalidGrant(refusal: ExchangeRefusal): ExchangeError {
  return new ExchangeError(
    'invalid_grant',
    'The OAuth 1.0 token and its secret were not accepted for this client.',
    refusal,
  )
}
