import { splitRsaPublicKeys } from '../crypto/rsa-bundle.ts'
import type { DiagnosisSecrets } from '../protocol/diagnosis.ts'
import { percentDecodeLossless } from '../protocol/encoding.ts'

/**
 * Whether only its holders know a secret: not empty, not a public key, and not part of the request in any encoding. A
 * signature under any other key proves nothing.
 */
export function keptFrom(
  values: Iterable<string>,
  publicKey: DiagnosisSecrets['publicKey'],
): (secret: string) => boolean {
  let known: ReadonlySet<string> | undefined
  const verdicts = new Map<string, boolean>()
  return (secret) => {
    const found = verdicts.get(secret)
    if (found !== undefined) return found
    known ??= new Set([...values, ...textsOf(publicKey)].map(essenceOf))
    const verdict = secret.trim() !== '' && !publicPem.test(secret) && isUnlike(known, secret)
    verdicts.set(secret, verdict)
    return verdict
  }
}

/** Public keys and certificates, in any spelling, are meant to be shown. */
const publicPem = /-----\s*BEGIN (?:RSA PUBLIC KEY|PUBLIC KEY|CERTIFICATE)/i

function textsOf(publicKey: DiagnosisSecrets['publicKey']): string[] {
  if (publicKey === undefined) return []
  return [publicKey, ...splitRsaPublicKeys(publicKey)].flatMap((key) =>
    typeof key === 'string'
      ? [key, key.replace(/-----[^-]*-----/g, '')]
      : [key, ...Object.values(key ?? {})].map(jsonOf),
  )
}

/** Empty for a value nested so deeply that serializing it would overflow the stack. */
function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? ''
  } catch {
    return ''
  }
}

/** Whether neither the secret, nor an encoding of it, nor a text that it may encode, is known. */
function isUnlike(known: ReadonlySet<string>, secret: string): boolean {
  const octets = Buffer.from(secret)
  return [
    secret,
    octets.toString('base64'),
    octets.toString('hex'),
    Buffer.from(secret, 'base64').toString(),
    Buffer.from(secret, 'hex').toString(),
  ].every((text) => text === '' || !known.has(essenceOf(text)))
}

/** Letters and digits in one case: the part of a text that survives any alphabet, escape, quote or white space. */
function essenceOf(text: string): string {
  const letters = percentDecodeLossless(text)
    .replace(/[^\p{L}\p{N}]/gu, '')
    .toLowerCase()
  return letters === '' ? text.trim() : letters
}
