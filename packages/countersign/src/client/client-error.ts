import { CountersignError } from '../errors.ts'

/**
 * A stable name for each way in which a client can fail; never renamed within a major version.
 *
 * - `unsignable_request`: the request cannot be signed as it is; nothing was sent.
 * - `body_not_repeatable`: a stream would have to be sent a second time.
 * - `too_many_redirects`: more than 20.
 * - `network_error`: a token endpoint could not be reached; `cause` says why.
 * - `refused`: a token endpoint returned an error; `response` holds what it said.
 * - `invalid_response`: a token endpoint returned no credential.
 * - `callback_not_confirmed`: the response lacks `oauth_callback_confirmed=true` (§2.1).
 * - `access_denied`: the user, or the server, said no at the authorization page.
 * - `callback_mismatch`: the callback belongs to another temporary credential.
 * - `missing_verifier`: the callback has no `oauth_verifier`.
 */
export type OAuth1ClientErrorCode =
  | 'unsignable_request'
  | 'body_not_repeatable'
  | 'too_many_redirects'
  | 'network_error'
  | 'refused'
  | 'invalid_response'
  | 'callback_not_confirmed'
  | 'access_denied'
  | 'callback_mismatch'
  | 'missing_verifier'

/** A server's response. */
export interface ServerResponse {
  readonly url: string
  readonly status: number
  readonly headers: Headers
  /** At most 4096 characters, token secrets left out. */
  readonly body: string
  /** `error` of a form or JSON, such as `invalid_signature`. */
  readonly error: string | undefined
  readonly errorDescription: string | undefined
  /** `oauth_problem` of the extension Problem Reporting, such as `timestamp_refused`. */
  readonly problem: string | undefined
  /** `oauth_problem_advice` of the same extension. */
  readonly advice: string | undefined
}

/**
 * What went wrong on the client's side. `code` is stable; the message quotes the server where there is something to
 * quote.
 *
 * @example
 * ```ts
 * if (error instanceof OAuth1ClientError && error.response?.problem === 'token_expired') signInAgain()
 * ```
 */
export class OAuth1ClientError extends CountersignError {
  override readonly name = 'OAuth1ClientError'
  readonly code: OAuth1ClientErrorCode
  /** Undefined if no response was involved. */
  readonly response: ServerResponse | undefined

  constructor(
    code: OAuth1ClientErrorCode,
    message: string,
    { response, ...options }: ErrorOptions & { readonly response?: ServerResponse } = {},
  ) {
    super(message, options)
    this.code = code
    this.response = response
  }
}
