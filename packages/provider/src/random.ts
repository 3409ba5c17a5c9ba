import { hash, randomBytes } from 'node:crypto'

/**
 * A random string of letters and digits, nearly six bits each: a double click selects it, and it can be typed after an
 * option.
 */
export function randomText(length: number): string {
  // Twice as many octets as needed: enough, whatever share is rejected.
  return randomBytes(length * 2)
    .toString('base64url')
    .replace(/[-_]/g, '')
    .slice(0, length)
}

/** SHA-256 in base64url, for random strings that the database must not contain in the clear. */
export function sha256(text: string): string {
  return hash('sha256', text, 'base64url')
}

/** Seconds since 1970. */
export function nowSeconds(): number {
  return Math.floor(Date.now() / 1000)
}
