import type { Parameter } from './parameters.ts'

/** Where the `oauth_` parameters of a request stood (§3.5). */
export type Transport = 'header' | 'body' | 'query'

/**
 * The values that a request brings for the protocol's own parameters (§3.1), decoded, each under its number here. The
 * parameters are numbered in the order of their octets, so that the numbers sort as the names do.
 */
export type ProtocolValues = (string | undefined)[]

export const numbers = {
  oauth_callback: 0,
  oauth_consumer_key: 1,
  oauth_nonce: 2,
  oauth_signature: 3,
  oauth_signature_method: 4,
  oauth_timestamp: 5,
  oauth_token: 6,
  oauth_verifier: 7,
  oauth_version: 8,
  /** No parameter, but it stands beside them in the header. */
  realm: 9,
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
  ]
}

/** What reading a request comes to. */
export interface ReadRequest {
  /** Undefined when the request carries no `oauth_` parameter at all. */
  readonly transport: Transport | undefined
  readonly values: ProtocolValues
  /** §3.4.1: what the client should have signed, or how to write it: a request that is refused before needs none. */
  readonly baseString: string | (() => string)
  /** The application's own parameters: those of query and form, unless they are still to be read, and of the header. */
  readonly application: readonly Parameter[] | undefined
  readonly inHeader: readonly Parameter[]
}
