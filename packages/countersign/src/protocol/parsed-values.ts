import type { Parameter } from './parameters.ts'

/** Where the `oauth_` parameters of a request stood (§3.5). */
export type Place = 'header' | 'body' | 'query'

/**
 * A request's decoded values of the protocol's parameters (§3.1), each under its number here. The parameters are
 * numbered in byte order, so that the numbers sort as the names do.
 */
export type ProtocolValues = (string | undefined)[]

export const numbers = {
  oauth_body_hash: 0,
  oauth_callback: 1,
  oauth_consumer_key: 2,
  oauth_nonce: 3,
  oauth_signature: 4,
  oauth_signature_method: 5,
  oauth_timestamp: 6,
  oauth_token: 7,
  oauth_verifier: 8,
  oauth_version: 9,
  /** Not a parameter, but it stands beside them in the header. */
  realm: 10,
} as const

/** Values, all of them absent. */
export function noValues(): ProtocolValues {
  return [
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
  ]
}

/** The result of reading a request. */
export interface ReadRequest {
  /** Undefined when the request carries no `oauth_` parameter at all. */
  readonly place: Place | undefined
  /** `oauth_callback` or `oauth_verifier` stand apart from the others, which stand in the header. */
  readonly isSplit: boolean
  /** Parameters of the protocol stand in the header, and equal ones in the query or the form. */
  readonly isRepeated: boolean
  readonly values: ProtocolValues
  /**
   * §3.4.1: the base string that the client should have signed, or a function that writes it, because a request refused
   * early needs none.
   */
  readonly baseString: string | (() => string)
  /**
   * The application's own parameters: those in the query and form, unless they have yet to be read, and in the header.
   */
  readonly application: readonly Parameter[] | undefined
  readonly inHeader: readonly Parameter[]
}
