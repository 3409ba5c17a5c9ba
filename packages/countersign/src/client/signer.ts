import type { HashName } from '../crypto/digest.ts'
import { hmacBase64, importHmacKey } from '../crypto/hmac.ts'
import { importRsaPrivateKey, type RsaPrivateKey, rsaPssSign, rsaSign } from '../crypto/rsa-sign.ts'
import { ConfigurationError } from '../errors.ts'
import { sharedKey } from '../protocol/shared-key.ts'
import type { SymmetricInput } from '../protocol/signature-methods.ts'

/** The signature methods that the client knows (§3.4, their SHA-2 families, and RSA-PSS with a salt of 32 octets). */
export type SignatureMethodName =
  | 'HMAC-SHA1'
  | 'HMAC-SHA256'
  | 'HMAC-SHA512'
  | 'RSA-SHA1'
  | 'RSA-SHA256'
  | 'RSA-SHA512'
  | 'RSA-PSS-SHA256'
  | 'RSA-PSS'
  | 'PLAINTEXT'

/**
 * A custom signature method: one that the client does not know, or whose key is kept elsewhere.
 *
 * @example
 * ```ts
 * const signer: Signer = { name: 'RSA-SHA256', sign: ({ baseString }) => keyService.sign(baseString) }
 * ```
 */
export interface Signer {
  /** The value of `oauth_signature_method`. */
  readonly name: string
  /** Returns the signature as it is sent, or a promise. */
  sign(input: SymmetricInput): string | Promise<string>
  /** The hash of `oauth_body_hash`. Default `sha1`. */
  readonly hash?: HashName
}

/** The keys of the built-in methods. */
export interface SigningKeys {
  readonly clientSecret?: string | undefined
  readonly privateKey?: RsaPrivateKey | undefined
}

/** @throws ConfigurationError for an unknown method, and for one whose key is missing. */
export function signerOf(method: SignatureMethodName | Signer, keys: SigningKeys): Signer {
  if (typeof method !== 'string') return method
  const signer = Object.hasOwn(builtIn, method) ? builtIn[method] : undefined
  if (signer !== undefined) return signer(method, keys)
  throw new ConfigurationError(
    `signatureMethod ${method} does not exist. The methods are ${Object.keys(builtIn).join(', ')}; for another, give { name, sign }.`,
  )
}

const builtIn: Readonly<Record<SignatureMethodName, (name: string, keys: SigningKeys) => Signer>> = {
  'HMAC-SHA1': hmac('sha1'),
  'HMAC-SHA256': hmac('sha256'),
  'HMAC-SHA512': hmac('sha512'),
  'RSA-SHA1': rsa('sha1'),
  'RSA-SHA256': rsa('sha256'),
  'RSA-SHA512': rsa('sha512'),
  'RSA-PSS-SHA256': rsa('sha256', rsaPssSign),
  // The same method under Mastercard's name.
  'RSA-PSS': rsa('sha256', rsaPssSign),
  PLAINTEXT(name, keys) {
    requireSecret(name, keys)
    return { name, sign: ({ clientSecret, tokenSecret }) => sharedKey(clientSecret, tokenSecret) }
  },
}

function hmac(hash: HashName): (name: string, keys: SigningKeys) => Signer {
  return (name, keys) => {
    requireSecret(name, keys)
    const sign = ({ baseString, clientSecret, tokenSecret }: SymmetricInput) =>
      hmacBase64(importHmacKey(hash, sharedKey(clientSecret, tokenSecret)), baseString)
    return { name, sign, hash }
  }
}

function rsa(hash: HashName, signText = rsaSign): (name: string, keys: SigningKeys) => Signer {
  return (name, { privateKey }) => {
    if (privateKey === undefined) throw new ConfigurationError(`${name} signs with a privateKey: give one.`)
    const key = importRsaPrivateKey(privateKey)
    return { name, sign: ({ baseString }) => signText(hash, key, baseString), hash }
  }
}

function requireSecret(name: string, { clientSecret }: SigningKeys): void {
  if (clientSecret === undefined)
    throw new ConfigurationError(
      `${name} signs with the clientSecret: give it, or '' for a client without one.`,
    )
}
