import { randomBytes } from 'node:crypto'

/** A random string of `A-Z a-z 0-9 - _`, six bits per character: every client encodes these correctly. */
export function randomToken(length: number): string {
  return randomBytes(Math.ceil((length * 3) / 4))
    .toString('base64url')
    .slice(0, length)
}

/** Random bytes in hexadecimal, for servers that accept letters and digits only. */
export function randomHex(octets: number): string {
  return randomBytes(octets).toString('hex')
}

const manualAlphabet = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ'

/** A random string for people to type: five bits per character, without characters that look alike. */
export function randomCode(length: number): string {
  return Array.from(randomBytes(length), (octet) => manualAlphabet[octet % manualAlphabet.length]).join('')
}
