import type { Parameter } from './parameters.ts'

/** Where the `oauth_` parameters of a request stood (§3.5). */
export type Place = 'header' | 'body' | 'query'

/**
 * The values that a request brings for the protocol's own parameters (§3.1), decoded, each under its number here. The
 * parameters are numbered in the order of their octets, so that the numbers sort as the names do.
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
  /** No parameter, but it stands beside them in the header. */
  realm: 10,
} as const

/** Values of which none is there. */
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

/** What reading a request comes to. */
export interface ReadRequest {
  /** Undefined when the request carries no `oauth_` parameter at all. */
  readonly place: Place | undefined
  /** `oauth_callback` or `oauth_verifier` stand apart from the others, which stand in the header. */
  readonly isSplit: boolean
  /** Parameters of the protocol stand in the header, and as equal ones in the query or the form. */
  readonly isRepeated: boolean
  readonly values: ProtocolValues
  /** §3.4.1: what the client should have signed, or how to write it: a request that is refused before needs none. */
  readonly baseString: string | (() => string)
  /** The application's own parameters: those of query and form, unless they are still to be read, and of the header. */
  readonly application: readonly Parameter[] | undefined
  readonly inHeader: readonly Parameter[]
}
