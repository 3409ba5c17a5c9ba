import { constants, createPublicKey, createVerify, type KeyObject, verify } from 'node:crypto'
import { ConfigurationError } from '../errors.ts'
import { keepAtMost } from './bounded-map.ts'
import type { HashName } from './digest.ts'

/** An RSA public key as text (SPKI, PKCS#1 or X.509 PEM) or as a JSON Web Key. */
export type RsaPublicKey = string | { readonly kty: string; readonly [member: string]: unknown }

/**
 * RSASSA-PKCS1-v1_5 (RFC 3447 §8.2) as §3.4.3 asks, or RSASSA-PSS (§8.1).
 *
 * @param pssSaltLength - In octets; undefined for PKCS1-v1_5.
 * @throws ConfigurationError as `importRsaPublicKey`, and when the key cannot verify anything.
 */
export function rsaVerify(
  hashName: HashName,
  publicKey: RsaPublicKey,
  text: string,
  signature: Uint8Array,
  pssSaltLength?: number,
): boolean {
  const imported = importRsaPublicKey(publicKey)
  try {
    if (pssSaltLength === undefined) return verify(hashName, Buffer.from(text), imported, signature)
    // workerd's verify() ignores the padding, and takes no KeyObject beside one.
    const key = imported.export({ type: 'spki', format: 'pem' })
    const options = { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: pssSaltLength }
    return createVerify(hashName).update(text).verify(options, signature)
  } catch (cause) {
    throw new ConfigurationError('The RSA public key can be read, but it cannot verify anything.', {
      cause,
    })
  }
}

/**
 * Parses an RSA public key once; later calls with the same key return the cached object.
 *
 * @throws ConfigurationError when it is a private key, of another kind, shorter than 1024 bits or longer than 8192, has an
 *   exponent with which signatures could be forged or checked only slowly, or is unreadable.
 */
export function importRsaPublicKey(publicKey: RsaPublicKey): KeyObject {
  const id = keyId(publicKey)
  let key = importedKeys.get(id)
  if (key === undefined) {
    key = readOrError(publicKey)
    keepAtMost(maxImportedKeys - 1, importedKeys)
    importedKeys.set(id, key)
  }
  if (key instanceof Error) throw key
  return key
}

/** Keys by their text; an error for one that cannot be used, so that it costs no more than a good one. */
const importedKeys = new Map<string, KeyObject | ConfigurationError>()
const maxImportedKeys = 1_000
/** Room for a chain of certificates, but not for text that would fill the memory. */
const maxKeyLength = 16_384

function keyId(publicKey: RsaPublicKey): string {
  // No text has the identifier of a JWK: a client could put another's key out of use.
  if (typeof publicKey === 'string') return `text ${publicKey.slice(0, maxKeyLength + 1)}`
  const members = [publicKey.kty, publicKey['n'], publicKey['e']].map((member) =>
    typeof member === 'string' ? member.slice(0, maxKeyLength + 1) : typeof member,
  )
  return `jwk ${JSON.stringify([...members, isPrivate(publicKey)])}`
}

function readOrError(publicKey: RsaPublicKey): KeyObject | ConfigurationError {
  try {
    return readRsaPublicKey(publicKey)
  } catch (error) {
    if (error instanceof ConfigurationError) return error
    throw error
  }
}

function readRsaPublicKey(publicKey: RsaPublicKey): KeyObject {
  // Node would quietly derive the public half; a user who pasted a private key must learn of it instead.
  if (isPrivate(publicKey)) {
    throw new ConfigurationError(
      'This is a private RSA key. Register the public half only (openssl rsa -in key.pem -pubout), and replace the key pair: it has left the client.',
    )
  }
  const key = readPublicKey(publicKey)
  if (key.asymmetricKeyType !== 'rsa') {
    throw new ConfigurationError(
      `The public key is of kind ${key.asymmetricKeyType}; the RSA methods need an RSA key.`,
    )
  }
  const { n = '', e = '' } = key.export({ format: 'jwk' })
  const [modulus, exponent] = [Buffer.from(n, 'base64url'), Buffer.from(e, 'base64url')]
  const bits = bitsOf(modulus)
  if (bits < 1024) {
    throw new ConfigurationError(
      `The RSA public key has ${bits} bits; give one of 2048 bits or more (at least 1024).`,
    )
  }
  // A longer key makes verification ten times slower or worse, for no gain.
  if (bits > 8192) throw new ConfigurationError(`The RSA public key has ${bits} bits; the maximum is 8192.`)
  if (!isOdd(modulus)) throw new ConfigurationError('The RSA public key has an even modulus: it is damaged.')
  // With exponent 1 every text is its own signature, and RSA has no even exponents (RFC 8017 §3.1).
  if (!isOdd(exponent) || bitsOf(exponent) < 2) {
    throw new ConfigurationError(
      'The RSA public key has an exponent that is not an odd number from 3 on; the usual one is 65537.',
    )
  }
  // No one uses longer ones, and they make verification up to sixty times slower.
  if (bitsOf(exponent) > 32) {
    throw new ConfigurationError(
      'The RSA public key has an exponent of more than 32 bits; the usual one is 65537.',
    )
  }
  return key
}

function readPublicKey(publicKey: RsaPublicKey): KeyObject {
  try {
    if (typeof publicKey !== 'string')
      return createPublicKey({ key: publicKey as { kty: string }, format: 'jwk' })
    if (publicKey.length > maxKeyLength) throw new RangeError(`It is longer than ${maxKeyLength} characters.`)
    return createPublicKey(publicKey)
  } catch (cause) {
    throw new ConfigurationError(
      'The RSA public key cannot be read. Give SPKI (BEGIN PUBLIC KEY), PKCS#1 (BEGIN RSA PUBLIC KEY) or X.509 (BEGIN CERTIFICATE) PEM text, or a JWK.',
      { cause },
    )
  }
}

/** The length of a number in big-endian octets without leading zeros. */
function bitsOf(octets: Uint8Array): number {
  return 8 * octets.length - Math.clz32(octets[0] as number) + 24
}

function isOdd(octets: Uint8Array): boolean {
  return ((octets.at(-1) ?? 0) & 1) === 1
}

function isPrivate(key: RsaPublicKey): boolean {
  // In workerd, an exported public key has all members of RFC 7518 §6, some of them undefined.
  return typeof key === 'string' ? key.includes('PRIVATE KEY') : key['d'] !== undefined
}
