import type { KeyLike } from 'node:crypto'

export type Pair = readonly [name: string, value: string]

/** Who signs, and what is odd about it. */
export interface Signing {
  readonly client?:
    | { readonly clientId: string; readonly clientSecret?: string | null | undefined }
    | undefined
  readonly token?: { readonly oauthToken: string; readonly oauthTokenSecret: string } | undefined
  /** Protocol parameters to add or to change; undefined leaves one out. */
  readonly oauth?: Readonly<Record<string, string | undefined>>
  /** Overrides how the signature is made. */
  readonly sign?: (baseString: string, key: string) => string
  /** For the RSA methods. */
  readonly privateKey?: KeyLike
}

/** What a test wants signed. */
export interface Unsigned extends Signing {
  readonly method?: string
  /** Absolute, with its query. */
  readonly url: string
  /** Sent as a form body. */
  readonly form?: readonly Pair[]
  /** Where the protocol parameters stand: in the header unless told otherwise. */
  readonly place?: 'header' | 'body' | 'query'
  readonly headers?: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly realm?: string
}

export interface SignedRequest {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly body?: string
}

/** What is signed, down to the octets: nothing is decoded or encoded anew. */
export interface Written extends Signing {
  readonly method?: string
  readonly uri: string
  readonly pairs?: readonly Pair[]
}

/** `now` is in seconds since 1970: the real time unless told otherwise. */
export function signed(unsigned: Unsigned, now?: number): SignedRequest
export function protocolParameters(written: Written, now?: number): Pair[]
export function authorizationHeader(oauth: readonly Pair[], realm?: string): string
export function writtenPairs(text: string): Pair[]
export function encode(text: string): string
