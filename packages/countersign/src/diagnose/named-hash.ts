import type { TrialHash } from '../crypto/trial-hashes.ts'

/** The hash that a method of the RFC's family names; undefined for PLAINTEXT and for methods of the application's own. */
export function namedHash(methodName: string): { kind: 'hmac' | 'rsa'; hashName: TrialHash } | undefined {
  const [, kind, hash] = /^(HMAC|RSA)-SHA(1|256|512|384|224)$/i.exec(methodName) ?? []
  if (kind === undefined) return undefined
  return { kind: kind.toLowerCase() as 'hmac' | 'rsa', hashName: `sha${hash}` as TrialHash }
}
