import type { RsaPublicKeys } from '../crypto/rsa-bundle.ts'

/** The known secrets of a client and its token, with which a signature is checked and explained. */
export interface DiagnosisSecrets {
  /** Undefined for a client that signs with RSA alone. */
  readonly clientSecret?: string | undefined
  /** Secrets that are valid besides `clientSecret`: each is tried. */
  readonly otherClientSecrets?: readonly string[] | undefined
  /** Undefined for a request without a token, or with an unknown one. */
  readonly tokenSecret?: string | undefined
  /** For the RSA methods: PEM text or a JWK, or several, as in a client's `rsaPublicKey`. */
  readonly publicKey?: RsaPublicKeys | undefined
}

/**
 * A mistake found in how a request was signed. `code` is stable: it is never renamed within a major version, and
 * `docs/troubleshooting.md` has a section of that name.
 */
export interface Cause {
  readonly code: string
  /** What the client did, in one sentence. */
  readonly summary: string
  /** What to change in the client, in one sentence. */
  readonly fix: string
  /** The parameter, port or header in question: only text from the request itself. */
  readonly detail?: string | undefined
}

/** Why a request was refused. It never contains a secret, a key or the right signature. */
export interface Diagnosis {
  /**
   * `valid`: the signature matches, so the cause lies elsewhere. `explained`: a trial produced the signature that was
   * sent. `unexplained`: none did, so the secrets differ or the request was changed in transit.
   */
  readonly outcome: 'valid' | 'explained' | 'unexplained'
  /** The mistakes: none, one or two for the signature. */
  readonly causes: readonly Cause[]
  /**
   * True if the sender holds a secret of this client: only then may the sender learn the causes. False if anyone could
   * have made the signature, as with an empty secret.
   */
  readonly proven: boolean
  /** Causes that are ruled out, at least on their own, in sentences; for an unexplained signature. */
  readonly ruledOut: readonly string[]
  /** How many signatures were computed. */
  readonly trials: number
  /** False if a long request used up the work limit of one diagnosis before every trial was made. */
  readonly complete: boolean
  /** Only if the caller asked for them. */
  readonly baseStrings?: BaseStrings | undefined
}

/** The base string that the server expects, and the one that the client signed (§3.4.1). */
export interface BaseStrings {
  readonly expected: string
  /** Undefined if no trial matched; equal to `expected` if the key or the digest was at fault. */
  readonly signed: string | undefined
  /** The index of the first character that differs; undefined if none does. */
  readonly differsAt: number | undefined
  /** How the key is built, such as `client secret & token secret`; never the key itself. */
  readonly expectedKey: string
  readonly signedKey: string | undefined
}
