import type { RsaPrivateKey } from '../crypto/rsa-sign.ts'
import { ConfigurationError } from '../errors.ts'
import type { Place } from '../protocol/parsed-values.ts'
import type { SignatureMethodName, Signer } from './signer.ts'

/** A token and its secret: a temporary credential (§2.1), or a token credential (§2.3). */
export interface Credential {
  readonly oauthToken: string
  readonly oauthTokenSecret: string
}

/** The addresses of a server for the three steps of the flow (§2), absolute. */
export interface FlowEndpoints {
  /** Issues temporary credentials; often called "request token". */
  readonly initiate?: string | undefined
  /** The page that asks the user. */
  readonly authorize?: string | undefined
  /** Exchanges a temporary credential for a token; often called "access token". */
  readonly token?: string | undefined
}

/** The options of `OAuth1Client`. */
export interface ClientOptions {
  /** The `oauth_consumer_key`. */
  readonly clientId: string
  /** For the HMAC methods and PLAINTEXT. */
  readonly clientSecret?: string | undefined
  /** For the RSA methods. */
  readonly privateKey?: RsaPrivateKey | undefined
  /** The token to sign with; without one, requests are signed by the client alone. */
  readonly token?: Credential | undefined
  /** Default `HMAC-SHA1`. PLAINTEXT sends the secrets themselves, so use it over https only (§3.4.4). */
  readonly signatureMethod?: SignatureMethodName | Signer | undefined
  /** Where the protocol parameters go (§3.5). Default `header`; `body` is for forms only. */
  readonly place?: Place | undefined
  /** The realm of the `Authorization` header, which is not signed. */
  readonly realm?: string | undefined
  /**
   * Whether `oauth_body_hash` covers bodies that are not forms: with the hash of the signature method (`always`), or
   * with SHA-1 whatever the method, as in the draft (`always-sha1`). Default `never`.
   */
  readonly bodyHash?: 'never' | 'always' | 'always-sha1' | undefined
  /** Whether `oauth_version=1.0` is sent, which is optional (§3.1). Default true. */
  readonly includeVersion?: boolean | undefined
  /** Needed for the flow only. */
  readonly endpoints?: FlowEndpoints | undefined
  /**
   * How many times `fetch` sends a request again after a network error, 429 or 503, where its method is idempotent.
   * Default 0.
   */
  readonly retries?: number | undefined
  /**
   * Whether a 400 or 401 whose `Date` is more than five seconds away from the client's clock corrects the clock, and the
   * request is sent once more. Default false.
   */
  readonly clockCorrection?: boolean | undefined
  /** Returns a nonce that has never been used before. Default: 128 random bits in hexadecimal. */
  readonly nonce?: (() => string) | undefined
  /** The clock, in seconds since 1970. Default: the system's. */
  readonly now?: (() => number) | undefined
  /** The function that sends the requests. Default: the global `fetch`. */
  readonly fetch?: ((url: string, init: RequestInit) => Promise<Response>) | undefined
}

const places: readonly unknown[] = ['header', 'query', 'body']
const bodyHashes: readonly unknown[] = ['never', 'always', 'always-sha1']

/** @throws ConfigurationError for values with which no signature could be made. */
export function checkOptions({ clientId, token, place, bodyHash, retries, endpoints }: ClientOptions): void {
  if (typeof clientId !== 'string' || clientId === '')
    throw new ConfigurationError('The client needs a clientId: the key that the server gave to it.')
  if (token !== undefined) checkCredential(token)
  if (place !== undefined && !places.includes(place))
    throw new ConfigurationError('place must be header, query or body.')
  if (bodyHash !== undefined && !bodyHashes.includes(bodyHash))
    throw new ConfigurationError('bodyHash must be never, always or always-sha1.')
  checkRetries(retries)
  for (const [name, url] of Object.entries(endpoints ?? {}))
    if (url !== undefined && httpUrl(url) === undefined)
      throw new ConfigurationError(`endpoints.${name} must be an absolute http or https URL.`)
}

export function checkRetries(retries: number | undefined): void {
  if (retries !== undefined && !(Number.isInteger(retries) && retries >= 0))
    throw new ConfigurationError('retries must be a whole number, 0 or more.')
}

/** @throws ConfigurationError unless both are strings: otherwise "undefined" would be signed. */
export function checkCredential({ oauthToken, oauthTokenSecret }: Credential): void {
  if (typeof oauthToken !== 'string' || typeof oauthTokenSecret !== 'string')
    throw new ConfigurationError('A token has an oauthToken and an oauthTokenSecret, both strings.')
}

/** The URL as the URL standard writes it; undefined for a relative one, or another scheme. */
export function httpUrl(text: string | URL): URL | undefined {
  const url = URL.canParse(String(text)) ? new URL(text) : undefined
  return url !== undefined && /^https?:$/.test(url.protocol) ? url : undefined
}
