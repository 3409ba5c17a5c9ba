import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, randomBytes } from 'node:crypto'
import { ConfigurationError } from '../errors.ts'

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
  const ciphertext = [cipher.update(Buffer.from(text)), cipher.final()]
  return Buffer.concat([nonce, ...ciphertext, cipher.getAuthTag()]).toString('base64url')
}

/** Decrypts the output of `aesGcmSeal`; undefined if the key or binding differs, or a single bit was changed. */
export function aesGcmOpen(key: KeyObject, sealed: string, boundTo: string): string | undefined {
  const octets = Buffer.from(sealed, 'base64url')
  if (octets.length < gcmNonceLength + gcmTagLength) return undefined
  // Buffer skips unknown characters, so check that only one text decodes to each value.
  if (octets.toString('base64url') !== sealed) return undefined
  // Without a fixed length, Node would accept a tag of four bytes.
  const decipher = createDecipheriv('aes-256-gcm', key, octets.subarray(0, gcmNonceLength), {
    authTagLength: gcmTagLength,
  })
    .setAAD(Buffer.from(boundTo))
    .setAuthTag(octets.subarray(-gcmTagLength))
  const text = decipher.update(octets.subarray(gcmNonceLength, -gcmTagLength))
  try {
    return Buffer.concat([text, decipher.final()]).toString()
  } catch {
    return undefined
  }
}
