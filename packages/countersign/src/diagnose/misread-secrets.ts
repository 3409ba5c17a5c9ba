import { percentDecodeLossless } from '../protocol/encoding.ts'
import type { KeyCode } from './keys.ts'

/** A secret as a client may have it. */
export interface Misread {
  readonly code: KeyCode
  readonly secret: string
}

/** The ways in which a secret changes between a file, a variable or a vault and the client. */
export function misread(secret: string): Misread[] {
  if (secret === '') return []
  const octets = Buffer.from(secret)
  const ways: Readonly<Partial<Record<KeyCode, readonly string[]>>> = {
    'secret-with-white-space': [
      `${secret}\n`,
      `${secret} `,
      `${secret}\r\n`,
      ` ${secret}`,
      `${secret}\r`,
      `${secret}\t`,
      ` ${secret} `,
      secret.trim(),
    ],
    'secret-in-quotes': [`"${secret}"`, `'${secret}'`, secret.replace(/^(["'])(.*)\1$/s, '$2')],
    'secret-in-base64': [
      octets.toString('base64'),
      Buffer.from(`${secret}\n`).toString('base64'),
      octets.toString('base64url'),
      ...decodedBase64(secret),
    ],
    'secret-percent-decoded': [
      percentDecodeLossless(secret),
      secret.replaceAll('+', ' '),
      percentDecodeLossless(secret.replaceAll('+', ' ')),
    ],
  }
  return Object.entries(ways).flatMap(([code, texts]) =>
    texts.map((text) => ({ code: code as KeyCode, secret: text })),
  )
}

/** Only for text that is base64 to its last character: other texts could shrink until anyone could guess them. */
function decodedBase64(secret: string): string[] {
  const octets = Buffer.from(secret, 'base64')
  const unpadded = secret.replace(/=+$/, '')
  return octets.toString('base64url') === unpadded.replaceAll('+', '-').replaceAll('/', '_')
    ? [octets.toString()]
    : []
}
