import type { RsaPublicKeys } from '../crypto/rsa-bundle.ts'

/** What is known of a client and its token: what a signature is checked with, and explained by. */
export interface DiagnosisSecrets {
  /** Undefined for a client that signs with RSA alone. */
  readonly clientSecret?: string | undefined
  /** Secrets that are valid beside `clientSecret`: each is tried. */
  readonly otherClientSecrets?: readonly string[] | undefined
  /** Undefined for a request without a token, or where the token is unknown. */
  readonly tokenSecret?: string | undefined
  /** For the RSA methods: PEM text or a JWK, or several as a client has them. */
  readonly publicKey?: RsaPublicKeys | undefined
}

/**
 * A mistake that was found in how a request was signed. `code` is stable: it is never renamed within a major version, and
 * `docs/troubleshooting.md` has a section of that name.
 */
export interface Cause {
  readonly code: string
  /** What the client did, in one sentence. */
  readonly summary: string
  /** What to change in the client, in one sentence. */
  readonly fix: string
  /** Which parameter, port or header: only what stood in the request itself. */
  readonly detail?: string | undefined
}

/** Why a request was refused. It never holds a secret, a key or a signature that would have been right. */
export interface Diagnosis {
  /**
   * `valid`: the signature holds, so that a cause lies elsewhere. `explained`: a trial gave the signature that was sent.
   * `unexplained`: none did, so the secrets differ or the request was changed on its way.
   */
  readonly outcome: 'valid' | 'explained' | 'unexplained'
  /** What was wrong: none, one or two for the signature. */
  readonly causes: readonly Cause[]
  /**
   * True where the sender holds a secret of this client: only then may the causes be told to the sender. False where
   * anyone could have made the signature, as with an empty secret.
   */
  readonly proven: boolean
  /** What cannot be the cause, or not by itself, in sentences; for an unexplained signature. */
  readonly ruledOut: readonly string[]
  /** How many signatures were computed. */
  readonly trials: number
  /** False where a long request used up the work that one diagnosis may cost before every trial was made. */
  readonly complete: boolean
  /** Only where the caller asked for them. */
  readonly baseStrings?: BaseStrings | undefined
}

/** The base string that a server expects beside the one that the client signed (§3.4.1). */
export interface BaseStrings {
  readonly expected: string
  /** Undefined where no trial matched; equal to `expected` where the key or the digest was at fault. */
  readonly signed: string | undefined
  /** The place of the first character that differs; undefined where none does. */
  readonly differsAt: number | undefined
  /** How the key is made, such as `client secret & token secret`: never the key. */
  readonly expectedKey: string
  readonly signedKey: string | undefined
}
