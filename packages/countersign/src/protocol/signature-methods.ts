import { decodeBase64 } from '../crypto/base64.ts'
import { keepAtMost } from '../crypto/bounded-map.ts'
import { constantTimeEqual } from '../crypto/compare.ts'
import type { HashName } from '../crypto/digest.ts'
import { type HmacKey, hmacBase64, importHmacKey } from '../crypto/hmac.ts'
import { type RsaPublicKey, rsaVerify } from '../crypto/rsa.ts'
import { sharedKey } from './shared-key.ts'

/** The input of a symmetric method. */
export interface SymmetricInput {
  /** §3.4.1. */
  readonly baseString: string
  readonly clientSecret: string
  /** Empty for a request without a token. */
  readonly tokenSecret: string
}

/** The input of an asymmetric method. */
export interface AsymmetricInput {
  /** §3.4.1. */
  readonly baseString: string
  readonly publicKey: RsaPublicKey
  /** The octets of `oauth_signature`, already base64-decoded. */
  readonly signature: Uint8Array
}

/** Computes the signature; the core compares it with the client's in constant time. Make one with `symmetric()`. */
export interface SymmetricMethod {
  readonly kind: 'symmetric'
  sign(input: SymmetricInput): string | Promise<string>
  /** The signature is the secret itself (§3.4.4): TLS is required, timestamp and nonce are not used. */
  readonly plaintext: boolean
  /** Called for each signature with the result of the comparison, so that a method caches only proved secrets. */
  compared?(input: SymmetricInput, held: boolean): void
  /** The length of a signature in bytes, if it is a digest in base64. */
  readonly digestLength?: number
  /** The hash of `oauth_body_hash`. Default SHA-1. */
  readonly bodyHash?: HashName | undefined
}

/** Verifies with the client's public key. Make one with `asymmetric()`. */
export interface AsymmetricMethod {
  readonly kind: 'asymmetric'
  verify(input: AsymmetricInput): boolean | Promise<boolean>
  /** The hash of `oauth_body_hash`. Default SHA-1. */
  readonly bodyHash?: HashName | undefined
}

export type SignatureMethod = SymmetricMethod | AsymmetricMethod

/** Options of a signature method, besides how it signs. */
export interface SignatureMethodOptions {
  /** The hash of `oauth_body_hash` for this method. Default SHA-1, the only one in the draft. */
  readonly bodyHash?: HashName
}

/**
 * A signature method with shared secrets: the function computes the signature that the client should have sent, or
 * returns a promise if a key service computes it. It cannot accept a wrong one, because it never sees the client's
 * signature.
 *
 * @example
 * ```ts
 * const hmacSha384 = symmetric(({ baseString, clientSecret, tokenSecret }) =>
 *   createHmac('sha384', sharedKey(clientSecret, tokenSecret)).update(baseString).digest('base64'))
 * ```
 */
export function symmetric(
  sign: (input: SymmetricInput) => string | Promise<string>,
  options: SignatureMethodOptions = {},
): SymmetricMethod {
  return { kind: 'symmetric', sign, plaintext: false, bodyHash: options.bodyHash }
}

/**
 * A signature method with the client's public key: the function returns whether the signature is valid, or a promise.
 * Anything but `true` is a refusal.
 */
export function asymmetric(
  verify: (input: AsymmetricInput) => boolean | Promise<boolean>,
  options: SignatureMethodOptions = {},
): AsymmetricMethod {
  return { kind: 'asymmetric', verify, bodyHash: options.bodyHash }
}

/**
 * The HMAC of one hash. A token's key is prepared once, and kept when a signature made with it matched. A refusal
 * prepares a key too, so that its time does not tell a stranger which clients and tokens exist or are in use.
 */
function hmac(hashName: HashName): SymmetricMethod {
  const keys = new Map<string, PreparedKey>()
  // The key of the last signature, which is compared before the next is computed.
  let last: PreparedKey | undefined
  let wasKept = false
  const prepare = ({ clientSecret, tokenSecret }: SymmetricInput): PreparedKey => ({
    clientSecret,
    key: importHmacKey(hashName, sharedKey(clientSecret, tokenSecret)),
  })
  return {
    kind: 'symmetric',
    plaintext: false,
    digestLength: digestLengths[hashName],
    bodyHash: hashName,
    sign(input) {
      const kept = input.tokenSecret === '' ? undefined : keys.get(input.tokenSecret)
      wasKept = kept?.clientSecret === input.clientSecret
      last = kept && wasKept ? kept : prepare(input)
      return hmacBase64(last.key, input.baseString)
    },
    compared(input, held) {
      if (held === wasKept || last === undefined) return
      if (!held) prepare(input)
      else if (input.tokenSecret !== '') {
        keepAtMost(maxHmacKeys - 1, keys)
        keys.set(input.tokenSecret, last)
      }
    },
  }
}

interface PreparedKey {
  readonly clientSecret: string
  readonly key: HmacKey
}

const digestLengths = { sha1: 20, sha256: 32, sha512: 64 } as const

const maxHmacKeys = 1_000

function rsa(hashName: HashName, pssSaltLength?: number): AsymmetricMethod {
  return asymmetric(
    ({ baseString, publicKey, signature }) =>
      rsaVerify(hashName, publicKey, baseString, signature, pssSaltLength),
    { bodyHash: hashName },
  )
}

/** The methods that exist without registration; `supportedSignatureMethods` says which of them are accepted. */
export const builtInSignatureMethods: Readonly<Record<string, SignatureMethod>> = {
  // §3.4.2 and its SHA-2 family
  'HMAC-SHA1': hmac('sha1'),
  'HMAC-SHA256': hmac('sha256'),
  'HMAC-SHA512': hmac('sha512'),
  // §3.4.3 and its SHA-2 family
  'RSA-SHA1': rsa('sha1'),
  'RSA-SHA256': rsa('sha256'),
  'RSA-SHA512': rsa('sha512'),
  // RFC 3447 §8.1 with SHA-256 and a salt of equal length; Mastercard's signers name it without its hash
  'RSA-PSS-SHA256': rsa('sha256', 32),
  'RSA-PSS': rsa('sha256', 32),
  // §3.4.4
  PLAINTEXT: {
    kind: 'symmetric',
    sign: ({ clientSecret, tokenSecret }) => sharedKey(clientSecret, tokenSecret),
    plaintext: true,
  },
}

/** The keys to check a signature with: one of each kind that the client has. */
export interface VerificationKeys {
  readonly clientSecret: string | undefined
  readonly tokenSecret: string
  readonly publicKey: RsaPublicKey | undefined
}

/**
 * Whether the signature is valid (§3.2). The method picks its own kind of key, so naming another method in the request
 * never turns a public key into a shared secret; a client without that kind of key is refused.
 */
export function signatureMatches(
  method: SignatureMethod,
  baseString: string,
  signature: string,
  keys: VerificationKeys,
): boolean | Promise<boolean> {
  if (method.kind === 'symmetric') {
    const { clientSecret, tokenSecret } = keys
    if (clientSecret === undefined) return false
    const input = { baseString, clientSecret, tokenSecret }
    const expected = method.sign(input)
    if (typeof expected !== 'string') return matchesLater(expected, signature)
    const held = constantTimeEqual(expected, signature)
    method.compared?.(input, held)
    return held
  }
  const octets = decodeBase64(signature)
  if (octets === undefined || keys.publicKey === undefined) return false
  const verdict = method.verify({ baseString, publicKey: keys.publicKey, signature: octets })
  return typeof verdict === 'boolean' ? verdict : heldLater(verdict)
}

async function matchesLater(expected: Promise<unknown>, signature: string): Promise<boolean> {
  const text = await expected
  return typeof text === 'string' && constantTimeEqual(text, signature)
}

async function heldLater(verdict: unknown): Promise<boolean> {
  return (await verdict) === true
}
