import type { RsaPublicKeys } from '../crypto/rsa-bundle.ts'
import type { ClientPolicy } from './policy.ts'

/** The identifier of a resource owner in the application's own user table. */
export type UserId = string | number

/** A resource owner, as far as this library needs to know: anything with an `id`. */
export interface User {
  readonly id: UserId
}

/**
 * Client credentials (§1.1): an application that was registered with the provider.
 * Applications extend it with their own fields, which come back from `queryClient` untouched.
 */
export interface Client {
  /** What the client sends as `oauth_consumer_key`. */
  readonly clientId: string
  /** The shared secret of the HMAC family and PLAINTEXT. Without one, the client can only sign with its RSA key. */
  readonly clientSecret?: string | null | undefined
  /**
   * Secrets that are valid besides `clientSecret`, at most 3: for example the previous one, while a client changes to a
   * new one. List a secret only as long as it is valid. A client without this field costs nothing extra.
   */
  readonly otherClientSecrets?: readonly string[] | null | undefined
  /**
   * The key of the RSA family: SPKI, PKCS#1 or X.509 PEM text, or a JWK. Or several, at most 5, while a client changes
   * to a new one: consecutive PEM blocks, or a JWK set `{ keys }`. Never a private key.
   */
  readonly rsaPublicKey?: RsaPublicKeys | null | undefined
  /** The callback URIs the client may ask for (§2.1). `oob` needs no registration. */
  readonly callbacks?: readonly string[] | undefined
  /** This client's exceptions; the server's options apply to everything it leaves out. */
  readonly policy?: ClientPolicy | null | undefined
}

/** Temporary credentials (§2.1), also known as a request token. */
export interface TemporaryCredential {
  readonly clientId: string
  readonly oauthToken: string
  readonly oauthTokenSecret: string
  /** The absolute URI to send the resource owner back to, or `oob`. */
  readonly oauthCallback: string
  /** Seconds since 1970, exclusive: from this second on the credential is invalid. */
  readonly expiresAt: number
  /** Set once, with `userId`, when the resource owner approves (§2.2). */
  readonly oauthVerifier?: string | null | undefined
  readonly userId?: UserId | null | undefined
  /**
   * Space-separated: the scope that the client asked for and, once `oauthVerifier` is set, the scope that the resource
   * owner approved.
   */
  readonly scope?: string | null | undefined
}

/** The values that a resource owner's approval writes into the temporary credential, in one atomic step. */
export interface Grant {
  readonly userId: UserId
  readonly oauthVerifier: string
  readonly scope?: string | undefined
}

/** Token credentials (§2.3), also known as an access token. Valid until revoked, unless the policy limits its life. */
export interface TokenCredential {
  readonly clientId: string
  readonly oauthToken: string
  readonly oauthTokenSecret: string
  /** The user who approved. Absent for tokens that an operator issued without a user. */
  readonly userId?: UserId | null | undefined
  /** Space-separated; fixed at approval. */
  readonly scope?: string | null | undefined
  /** Seconds since 1970, exclusive: from this second on the token is invalid. Absent: it never expires. */
  readonly expiresAt?: number | null | undefined
  /** Seconds since 1970, as last written by the hook `recordTokenUse`; kept only if the policy has an idle limit. */
  readonly lastUsedAt?: number | null | undefined
}

/** One use of a nonce (§3.3). Its key is all four of client, token, timestamp and nonce. */
export interface NonceRecord {
  readonly clientId: string
  /** The empty string for a request without a token, because no part of a key may be null. */
  readonly oauthToken: string
  /** Seconds since 1970, as sent by the client. */
  readonly timestamp: number
  readonly nonce: string
  /** Seconds since 1970, exclusive: keep the record for a minute longer, because clocks differ and may be set back. */
  readonly expiresAt: number
}

/** When a token was last used. */
export interface TokenUse {
  readonly clientId: string
  readonly oauthToken: string
  /** Seconds since 1970. */
  readonly lastUsedAt: number
}
