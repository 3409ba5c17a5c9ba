import { hash } from 'node:crypto'

/** The hashes that the built-in signature methods use. */
export type HashName = 'sha1' | 'sha256' | 'sha512'

/** The hash of some octets, in base64. */
export function hashBase64(hashName: HashName, octets: Uint8Array): string {
  return hash(hashName, octets, 'base64')
}

/** SHA-256 as a string of 32 characters, one per byte. */
export function sha256Octets(text: string): string {
  return hash('sha256', text, 'binary')
}

/** SHA-256 in base64url: 43 characters, whatever the text. */
export function sha256Base64Url(text: string): string {
  return hash('sha256', text, 'base64url')
}

/** The digest of octets, or of a text's UTF-8, in base64. */
export function digestBase64(hashName: HashName, content: string | Uint8Array): string {
  return hash(hashName, content, 'base64')
}
