import { hash, randomBytes } from 'node:crypto'

/** A random string of letters and digits, nearly six bits each: it can be selected by a double click and typed after an option. */
export function randomText(length: number): string {
  // Twice as many octets as needed: enough whatever share of the characters is left out.
  return randomBytes(length * 2)
    .toString('base64url')
    .replace(/[-_]/g, '')
    .slice(0, length)
}

/** SHA-256 in base64url, for random strings that must not stand in the database as they are. */
export function sha256(text: string): string {
  return hash('sha256', text, 'base64url')
}

/** Seconds since 1970. */
export function nowSeconds(): number {
  return Math.floor(Date.now() / 1000)
}
