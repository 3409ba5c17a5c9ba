import type { TrialHash } from '../crypto/trial-hashes.ts'

/** The hash and padding that a method of the RFC's family names. */
export interface NamedHash {
  readonly kind: 'hmac' | 'rsa'
  readonly hashName: TrialHash
  /** RSASSA-PSS instead of RSASSA-PKCS1-v1_5. */
  readonly isPss: boolean
}

/** Undefined for PLAINTEXT and for custom methods. */
export function namedHash(methodName: string): NamedHash | undefined {
  if (/^RSA-PSS$/i.test(methodName)) return { kind: 'rsa', hashName: 'sha256', isPss: true }
  const [, kind, pss, hash] = /^(HMAC|RSA)(-PSS)?-SHA(1|256|512|384|224)$/i.exec(methodName) ?? []
  if (kind === undefined) return undefined
  const isPss = pss !== undefined
  return { kind: kind.toLowerCase() as 'hmac' | 'rsa', hashName: `sha${hash}` as TrialHash, isPss }
}
