import { randomBytes } from 'node:crypto'

/** A random string of `A-Z a-z 0-9 - _`, six bits a character: no client stumbles over encoding it. */
export function randomToken(length: number): string {
  return randomBytes(Math.ceil((length * 3) / 4))
    .toString('base64url')
    .slice(0, length)
}

/** Random octets in hexadecimal: for servers that take letters and digits only. */
export function randomHex(octets: number): string {
  return randomBytes(octets).toString('hex')
}

const manualAlphabet = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ'

/** A random string for people to type: five bits a character, none that looks like another. */
export function randomCode(length: number): string {
  return Array.from(randomBytes(length), (octet) => manualAlphabet[octet % manualAlphabet.length]).join('')
}
