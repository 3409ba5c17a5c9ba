import { openPssSignature } from '../crypto/pss.ts'
import type { RsaPublicKey } from '../crypto/rsa.ts'
import { splitRsaPublicKeys } from '../crypto/rsa-bundle.ts'
import {
  digestLengths,
  openRsaSignature,
  type TrialHash,
  trialDigest,
  trialHmac,
} from '../crypto/trial-hashes.ts'
import type { DiagnosisSecrets } from '../protocol/diagnosis.ts'
import { maxRsaKeys } from '../server/other-keys.ts'
import { type NamedHash, namedHash } from './named-hash.ts'
import { type FormCode, hashOfLength, type SignatureForm, signatureForms } from './signature-forms.ts'

/** A way in which the sent signature may have come from a base string and a key. */
export interface Verifier {
  /** The mistakes of this way: the spelling, the hash, the method. */
  readonly codes: readonly FormCode[]
  /** Which hash was used in place of which, if it differs from the one that the method names. */
  readonly hashes?: string | undefined
  /** Whether the key matters, and whether the base string does. */
  readonly usesKey: boolean
  readonly usesBaseString: boolean
  /** Whether a match is proof even though no key matters. */
  readonly isProof: boolean
  holds(baseString: string, key: string): boolean
}

/** Every way that fits the signature, with at most two mistakes, the right one first. */
export function verifiersOf(methodName: string, signature: string, secrets: DiagnosisSecrets): Verifier[] {
  const named = namedHash(methodName)
  const verifiers: Verifier[] = []
  for (const form of signatureForms(signature)) {
    const hash = hashOfLength(form.octets.length)
    if (hash !== undefined) verifiers.push(...hmacVerifiers(form, hash, named))
    else if (secrets.publicKey !== undefined && form.octets.length >= 96)
      for (const key of splitRsaPublicKeys(secrets.publicKey).slice(0, maxRsaKeys))
        verifiers.push(...rsaVerifiers(form, named, key))
  }
  verifiers.push({
    codes: named === undefined ? [] : ['plaintext-named-hmac'],
    usesKey: true,
    usesBaseString: false,
    isProof: false,
    holds: (_, key) => key === signature,
  })
  return verifiers.filter(({ codes }) => codes.length <= 2).sort((a, b) => a.codes.length - b.codes.length)
}

function hmacVerifiers(
  { octets, code }: SignatureForm,
  hashName: TrialHash,
  named: NamedHash | undefined,
): Verifier[] {
  const codes: FormCode[] = code === undefined ? [] : [code]
  if (named === undefined) codes.push('hmac-named-plaintext')
  else if (named.kind === 'rsa') codes.push('hmac-named-rsa')
  else if (named.hashName !== hashName) codes.push('wrong-hash')
  const hashes = hashesOf(hashName, named)
  const keyed = { hashes, usesKey: true, usesBaseString: true, isProof: false }
  const expected = octets.toString('base64')
  const prepared = new Map<string, (text: string) => string>()
  const hmacUnder = (key: string) => {
    let hmac = prepared.get(key)
    if (hmac === undefined) {
      hmac = trialHmac(hashName, key)
      prepared.set(key, hmac)
    }
    return hmac
  }
  return [
    { codes, ...keyed, holds: (text, key) => hmacUnder(key)(text) === expected },
    {
      codes: [...codes, 'key-and-text-swapped'],
      ...keyed,
      holds: (text, key) => trialHmac(hashName, text)(key) === expected,
    },
    {
      codes: [...codes, 'digest-without-key'],
      ...keyed,
      holds: (text, key) =>
        trialDigest(hashName, text + key).equals(octets) || trialDigest(hashName, key + text).equals(octets),
    },
  ]
}

function rsaVerifiers(
  { octets, code }: SignatureForm,
  named: NamedHash | undefined,
  publicKey: RsaPublicKey,
): Verifier[] {
  const codes: FormCode[] = code === undefined ? [] : [code]
  const opened = openRsaSignature(publicKey, octets)
  if (opened !== undefined) {
    const { hashName, digest } = opened
    const holds = (text: string) => trialDigest(hashName, text).equals(digest)
    return [rsaVerifier([...codes, ...rsaCodes(named, hashName, false)], hashName, named, holds)]
  }
  return openPssSignature(publicKey, octets).map(({ hashName, saltLength, signs }) => {
    const salt: FormCode[] = saltLength === digestLengths[hashName] ? [] : ['wrong-salt-length']
    const holds = (text: string) => signs(trialDigest(hashName, text))
    return rsaVerifier([...codes, ...salt, ...rsaCodes(named, hashName, true)], hashName, named, holds)
  })
}

function rsaCodes(named: NamedHash | undefined, hashName: TrialHash, isPss: boolean): FormCode[] {
  if (named?.kind !== 'rsa') return ['rsa-named-hmac']
  const codes: FormCode[] = named.isPss === isPss ? [] : ['wrong-rsa-padding']
  return named.hashName === hashName ? codes : [...codes, 'wrong-hash']
}

function rsaVerifier(
  codes: readonly FormCode[],
  hashName: TrialHash,
  named: NamedHash | undefined,
  holds: (text: string) => boolean,
): Verifier {
  const hashes = hashesOf(hashName, named)
  return { codes, hashes, usesKey: false, usesBaseString: true, isProof: true, holds }
}

function hashesOf(used: TrialHash, named: NamedHash | undefined): string | undefined {
  return named === undefined ? undefined : `${inWords(used)} instead of ${inWords(named.hashName)}`
}

/** SHA-256 for `sha256`. */
function inWords(hashName: string): string {
  return hashName.toUpperCase().replace(/^SHA/, 'SHA-')
}
