import {
  createCipheriv,
  createDecipheriv,
  createPublicKey,
  createSecretKey,
  hash,
  type KeyObject,
  randomBytes,
  timingSafeEqual,
  verify,
} from 'node:crypto'
import { ConfigurationError } from './errors.ts'

/** The hashes that the built-in signature methods use. */
export type HashName = 'sha1' | 'sha256' | 'sha512'

/** An RSA public key as text (SPKI, PKCS#1 or X.509 PEM) or as a JSON Web Key. */
export type RsaPublicKey = string | { readonly kty: string; readonly [member: string]: unknown }

/** A key of HMAC (RFC 2104), as what it puts before the text and before the first digest: an octet a character. */
export interface HmacKey {
  readonly hashName: HashName
  readonly inner: string
  readonly outer: string
}

/** Prepares an ASCII key. */
export function importHmacKey(hashName: HashName, key: string): HmacKey {
  const block = Buffer.alloc(blockSizes[hashName])
  // Whatever its length: the time must not tell that of a secret.
  const digest = hash(hashName, key, 'binary')
  block.write(key.length > block.length ? digest : key, 'latin1')
  const pad = (octet: number) => Buffer.from(block.map((keyOctet) => keyOctet ^ octet)).toString('latin1')
  return { hashName, inner: pad(0x36), outer: pad(0x5c) }
}

/**
 * HMAC (RFC 2104) of ASCII text, in base64 as §3.4.2 asks.
 *
 * Two one-shot hashes cost half as much as `createHmac`, because no object is made of the key and none of the hash; the
 * texts that are signed here are short. A property test holds it against `createHmac`.
 */
export function hmacBase64({ hashName, inner, outer }: HmacKey, text: string): string {
  return hash(hashName, octetsOf(outer, hash(hashName, octetsOf(inner, text), 'binary')), 'base64')
}

const blockSizes = { sha1: 64, sha256: 64, sha512: 128 } as const

/** The octets of two texts in a row, in a buffer that the next call uses again. */
function octetsOf(first: string, second: string): Buffer {
  const length = first.length + second.length
  const octets = length <= scratch.length ? beginningOfScratch(length) : Buffer.allocUnsafe(length)
  octets.write(first, 'latin1')
  octets.write(second, first.length, 'latin1')
  return octets
}

const scratch = Buffer.alloc(1024)
/** A view of each length that was needed: to make one costs as much as to hash what is in it. */
const views: Buffer[] = []

function beginningOfScratch(length: number): Buffer {
  views[length] ??= scratch.subarray(0, length)
  return views[length]
}

/**
 * RSASSA-PKCS1-v1_5 (RFC 3447 §8.2) as §3.4.3 asks.
 *
 * @throws ConfigurationError as `importRsaPublicKey`, and when nothing can be verified with the key.
 */
export function rsaVerify(
  hashName: HashName,
  publicKey: RsaPublicKey,
  text: string,
  signature: Uint8Array,
): boolean {
  const key = importRsaPublicKey(publicKey)
  try {
    return verify(hashName, Buffer.from(text), key, signature)
  } catch (cause) {
    throw new ConfigurationError('The RSA public key can be read, and nothing be verified with it.', {
      cause,
    })
  }
}

/** Compares two strings in a time that does not depend on where they differ. Their lengths are no secret. */
export function constantTimeEqual(a: string, b: string): boolean {
  if (a.length !== b.length) return false
  const { left, right } = comparands(a.length)
  for (let i = 0; i < a.length; i++) {
    left[i] = a.charCodeAt(i)
    right[i] = b.charCodeAt(i)
  }
  return timingSafeEqual(left, right)
}

interface Comparands {
  readonly left: Uint16Array
  readonly right: Uint16Array
}

/** Room for two texts of this length; for the usual ones always the same. */
function comparands(length: number): Comparands {
  const known = usualComparands[length]
  if (known !== undefined) return known
  const made = { left: new Uint16Array(length), right: new Uint16Array(length) }
  if (length <= 128) usualComparands[length] = made
  return made
}

const usualComparands: Comparands[] = []

/** The octets of canonical base64 text, or undefined when it is not that. */
export function decodeBase64(text: string): Uint8Array | undefined {
  const octets = Buffer.from(text, 'base64')
  // Buffer skips what it does not know; writing the octets back shows whether it skipped.
  return octets.toString('base64') === text ? octets : undefined
}

/** A random string of `A-Z a-z 0-9 - _`, six bits a character: no client stumbles over encoding it. */
export function randomToken(length: number): string {
  return randomBytes(Math.ceil((length * 3) / 4))
    .toString('base64url')
    .slice(0, length)
}

const manualAlphabet = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ'

/** A random string for people to type: five bits a character, none that looks like another. */
export function randomCode(length: number): string {
  return Array.from(randomBytes(length), (octet) => manualAlphabet[octet % manualAlphabet.length]).join('')
}

/** SHA-256 as text of 32 characters, an octet each. */
export function sha256Octets(text: string): string {
  return hash('sha256', text, 'binary')
}

/** SHA-256 in base64url: 43 characters, whatever the text. */
export function sha256Base64Url(text: string): string {
  return hash('sha256', text, 'base64url')
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

/** Drops what was put in first. */
export function keepAtMost(count: number, map: Map<string, unknown>): void {
  while (map.size > count) map.delete(map.keys().next().value as string)
}

/** Keys by their text; an error for one that cannot be used, so that it costs no more than a good one. */
const importedKeys = new Map<string, KeyObject | ConfigurationError>()
const maxImportedKeys = 1_000
/** Room for a chain of certificates, and not for what would fill the memory. */
const maxKeyLength = 16_384

function keyId(publicKey: RsaPublicKey): string {
  if (typeof publicKey === 'string') return publicKey.slice(0, maxKeyLength + 1)
  const members = [publicKey.kty, publicKey['n'], publicKey['e']].map((member) =>
    typeof member === 'string' ? member.slice(0, maxKeyLength + 1) : typeof member,
  )
  return `${members.join('.')}.${isPrivate(publicKey)}`
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
  // Node would quietly derive the public half: whoever pasted a private key must hear of it instead.
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
      `The RSA public key has ${bits} bits; give one of 2048 bits or more (1024 at the least).`,
    )
  }
  // A longer one makes a verification ten times as long and more, for no gain.
  if (bits > 8192) throw new ConfigurationError(`The RSA public key has ${bits} bits; 8192 are the most.`)
  if (!isOdd(modulus)) throw new ConfigurationError('The RSA public key has an even modulus: it is damaged.')
  // With 1 every text is its own signature, and an even one is none of RSA's (RFC 8017 §3.1).
  if (!isOdd(exponent) || bitsOf(exponent) < 2) {
    throw new ConfigurationError(
      'The RSA public key has an exponent that is not an odd number from 3 on; the usual one is 65537.',
    )
  }
  // Longer ones are in no use, and make a verification up to sixty times as long.
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
  const [first] = octets
  return first === undefined ? 0 : 8 * octets.length - Math.clz32(first) + 24
}

function isOdd(octets: Uint8Array): boolean {
  return ((octets.at(-1) ?? 0) & 1) === 1
}

function isPrivate(key: RsaPublicKey): boolean {
  // workerd's export of a public key has all members of RFC 7518 §6, undefined where there is nothing.
  return typeof key === 'string' ? key.includes('PRIVATE KEY') : key['d'] !== undefined
}

const gcmNonceLength = 12
const gcmTagLength = 16

/** An AES-256 key for `aesGcmSeal` and `aesGcmOpen`. @throws ConfigurationError unless it has 32 octets. */
export function importAesKey(octets: Uint8Array): KeyObject {
  if (octets.length === 32) return createSecretKey(octets)
  throw new ConfigurationError(`An AES-256 key has 32 octets; this one has ${octets.length}.`)
}

/** Encrypts text with AES-256-GCM (NIST SP 800-38D) under a fresh nonce: nonce, ciphertext and tag in base64url. */
export function aesGcmSeal(key: KeyObject, text: string, boundTo: string): string {
  const nonce = randomBytes(gcmNonceLength)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(boundTo))
  const ciphertext = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return Buffer.concat([nonce, ciphertext, cipher.getAuthTag()]).toString('base64url')
}

/** What `aesGcmSeal` encrypted; undefined when key or binding is another, or a single bit was changed. */
export function aesGcmOpen(key: KeyObject, sealed: string, boundTo: string): string | undefined {
  const octets = Buffer.from(sealed, 'base64url')
  if (octets.length < gcmNonceLength + gcmTagLength) return undefined
  // Buffer skips what it does not know: only one text opens to each value.
  if (octets.toString('base64url') !== sealed) return undefined
  // Without a fixed length Node would take a tag of four octets for a whole one.
  const decipher = createDecipheriv('aes-256-gcm', key, octets.subarray(0, gcmNonceLength), {
    authTagLength: gcmTagLength,
  })
    .setAAD(Buffer.from(boundTo))
    .setAuthTag(octets.subarray(-gcmTagLength))
  const text = decipher.update(octets.subarray(gcmNonceLength, -gcmTagLength), undefined, 'utf8')
  try {
    return text + decipher.final('utf8')
  } catch {
    return undefined
  }
}
