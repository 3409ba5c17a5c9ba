import { OAuth1Error } from '../errors.ts'

/**
 * How large a signed request may be before it is refused with 413. Lengths are in characters of the raw text. Every
 * check takes linear time in these, so they bound the work that a stranger can cause.
 */
export interface Limits {
  /** The `Authorization` header. Default 16 384. */
  readonly maxHeaderLength: number
  /** The request URL. Default 16 384. */
  readonly maxUrlLength: number
  /**
   * A form body, and any other body whose bytes are checked; other bodies are not read. Default 262 144 at protected
   * resources and 65 536 at the endpoints of an `AuthorizationServer`.
   */
  readonly maxBodyLength: number
  /**
   * Parameters of header, query and form together; in a query or form also the pieces between two `&`, empty ones
   * included. Default 1 000, the limit of the parsers in Node, Express and Koa: if you raise it, raise theirs too.
   */
  readonly maxParameters: number
  /** The value of a single `oauth_` parameter. Default 4 096. */
  readonly maxValueLength: number
  /** How long such a body may take to arrive, in seconds, before it is refused with 408. Default 30. */
  readonly bodyTimeoutSeconds: number
}

/** The limits of a protector, where its option `limits` says nothing else. */
export const defaultLimits: Limits = {
  maxHeaderLength: 16_384,
  maxUrlLength: 16_384,
  maxBodyLength: 262_144,
  maxParameters: 1_000,
  maxValueLength: 4_096,
  bodyTimeoutSeconds: 30,
}

/** Where credentials are issued, requests are small. */
export const issuingLimits: Limits = { ...defaultLimits, maxBodyLength: 65_536 }

export function tooLarge(what: string, limit: string): OAuth1Error {
  return new OAuth1Error('request_too_large', `The ${what} is over the limit of ${limit}.`)
}

export function tooManyParameters(maxParameters: number): OAuth1Error {
  return tooLarge('request', `${maxParameters} parameters`)
}
