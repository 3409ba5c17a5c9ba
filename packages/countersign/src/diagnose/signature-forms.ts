import { digestLengths, type TrialHash } from '../crypto/trial-hashes.ts'
import { percentDecodeLossless } from '../protocol/encoding.ts'
import type { CauseTable } from './signing.ts'

export type FormCode =
  | 'wrong-hash'
  | 'signature-in-hex'
  | 'signature-base64-of-hex'
  | 'signature-in-url-safe-base64'
  | 'signature-without-padding'
  | 'signature-encoded-twice'
  | 'signature-not-encoded'
  | 'signature-not-base64'
  | 'signature-with-white-space'
  | 'signature-in-quotes'
  | 'rsa-named-hmac'
  | 'hmac-named-rsa'
  | 'wrong-rsa-padding'
  | 'wrong-salt-length'
  | 'hmac-named-plaintext'
  | 'plaintext-named-hmac'
  | 'key-and-text-swapped'
  | 'digest-without-key'

export const formCauses: CauseTable<FormCode> = {
  'wrong-hash': {
    summary: 'The client did not use the hash of the signature method it names.',
    fix: 'Name the method whose hash the client uses: HMAC-SHA256 for SHA-256.',
    symptom: 'Every request fails.',
  },
  'signature-in-hex': {
    summary: 'The client sent the digest in hexadecimal.',
    fix: 'Send the bytes of the digest in base64: in PHP hash_hmac(…, true), in Python digest(), not hexdigest() (RFC 5849 §3.4.2).',
    symptom: 'Every request fails.',
  },
  'signature-base64-of-hex': {
    summary: 'The client put the hexadecimal text of the digest into base64.',
    fix: 'Put the bytes of the digest into base64, not their hexadecimal text: in PHP hash_hmac(…, true), in Python digest(), not hexdigest().',
    symptom: 'Every request fails.',
  },
  'signature-in-url-safe-base64': {
    summary: 'The client sent the signature in the base64 alphabet for URLs.',
    fix: 'Use the standard alphabet, with + and /, and percent-encode it (RFC 4648 §4).',
    symptom: 'Fails for signatures that contain - or _: most of them, but not all.',
  },
  'signature-without-padding': {
    summary: 'The client sent the signature without the = at its end.',
    fix: 'Keep the padding of base64, and percent-encode it as %3D.',
    symptom: 'Every request fails.',
  },
  'signature-encoded-twice': {
    summary: 'The client percent-encoded the signature twice.',
    fix: 'Percent-encode the base64 text once; many libraries do so when they write the header or the query.',
    symptom: 'Fails for signatures that contain + / or =: nearly all of them.',
  },
  'signature-not-encoded': {
    summary: 'The client did not percent-encode the signature, so that a + arrived as a space.',
    fix: 'Percent-encode the signature in a query or form: + as %2B.',
    symptom: 'Fails intermittently: for signatures that contain a +.',
  },
  'signature-not-base64': {
    summary: 'The client sent the raw bytes of the signature, without base64.',
    fix: 'Put the bytes into base64 (RFC 5849 §3.4.2, §3.4.3).',
    symptom: 'Every request fails.',
    clients: { 'WWW::OAuth with Crypt::OpenSSL::RSA (Perl)': 'Sign with a function that returns base64.' },
  },
  'signature-with-white-space': {
    summary: 'The signature contains white space or line breaks.',
    fix: 'Write base64 on one line, without a line break at its end: in Ruby with strict_encode64, in Python with b64encode.',
    symptom: 'Every request fails, or only those with long signatures.',
  },
  'signature-in-quotes': {
    summary: 'The signature contains quotes.',
    fix: 'Send only the base64 text.',
    symptom: 'Every request fails.',
  },
  'rsa-named-hmac': {
    summary: 'The client signed with its RSA key and named an HMAC method.',
    fix: 'Name the RSA method: RSA-SHA1 or RSA-SHA256.',
    symptom: 'Every request fails.',
  },
  'hmac-named-rsa': {
    summary: 'The client signed with shared secrets and named an RSA method.',
    fix: 'Name the HMAC method, or sign with the private key.',
    symptom: 'Every request fails.',
  },
  'wrong-rsa-padding': {
    summary: 'The client padded the RSA signature in another way than the method names.',
    fix: 'RSA-SHA1, RSA-SHA256 and RSA-SHA512 are padded as RSASSA-PKCS1-v1_5 (RFC 5849 §3.4.3), RSA-PSS as RSASSA-PSS: name the method that the client uses.',
    symptom: 'Every request fails.',
  },
  'wrong-salt-length': {
    summary: 'The client made the RSASSA-PSS signature with a salt that is not as long as the hash.',
    fix: 'Use a salt of 32 bytes for RSA-PSS: in Node saltLength: 32, in OpenSSL rsa_pss_saltlen:digest.',
    symptom: 'Every request fails.',
  },
  'hmac-named-plaintext': {
    summary: 'The client computed an HMAC and named the method PLAINTEXT.',
    fix: 'Name the method that the client uses, such as HMAC-SHA1.',
    symptom: 'Every request fails.',
  },
  'plaintext-named-hmac': {
    summary: 'The client sent its secrets as the signature, as PLAINTEXT does, and named another method.',
    fix: 'Compute the HMAC of the base string with the key; the secrets themselves must not be sent. If the request went over plain HTTP, have new ones issued.',
    symptom: 'Every request fails.',
  },
  'key-and-text-swapped': {
    summary: 'The client swapped the key and the text of the HMAC.',
    fix: 'Pass the base string as the text and the secrets as the key.',
    symptom: 'Every request fails.',
  },
  'digest-without-key': {
    summary: 'The client hashed the base string and the key together instead of computing an HMAC.',
    fix: 'Use the HMAC function of a library (RFC 2104).',
    symptom: 'Every request fails.',
  },
}

/** One way to read the signature that was sent. */
export interface SignatureForm {
  readonly octets: Buffer
  /** The mistake in its spelling, if there is one. */
  readonly code: FormCode | undefined
}

/** Every way to read the text as bytes, the right one first. A long text is never a signature. */
export function signatureForms(signature: string): SignatureForm[] {
  if (signature.length > maxSignatureLength) return []
  const plain = octetsOf(signature)
  if (plain !== undefined) return [...plain, ...hexInBase64(plain)]
  for (const [code, mended] of mendings) {
    const text = mended(signature)
    if (text === signature) continue
    const [octets] = octetsOf(text) ?? []
    if (octets) return [{ octets: octets.octets, code: code ?? octets.code }]
  }
  return /^[\0-\xff]{16,}$/.test(signature)
    ? [{ octets: Buffer.from(signature, 'latin1'), code: 'signature-not-base64' }]
    : []
}

/** RSA of 8192 bits in base64, twice percent-encoded. */
const maxSignatureLength = 4_096

function octetsOf(text: string): SignatureForm[] | undefined {
  if (
    /^(?:[\da-f]{32}|[\da-f]{40}|[\da-f]{56}|[\da-f]{64}|[\da-f]{96}|[\da-f]{128}|[\da-f]{256,})$/i.test(text)
  ) {
    const inHex: SignatureForm = { octets: Buffer.from(text, 'hex'), code: 'signature-in-hex' }
    return text.length % 4 === 0 ? [inHex, { octets: Buffer.from(text, 'base64'), code: undefined }] : [inHex]
  }
  if (!/^[\w+/-]+={0,2}$/.test(text)) return undefined
  const octets = Buffer.from(text, 'base64')
  const padded = octets.toString('base64')
  if (padded === text) return [{ octets, code: undefined }]
  if (octets.toString('base64url') === text.replace(/=+$/, '') && /[-_]/.test(text))
    return [{ octets, code: 'signature-in-url-safe-base64' }]
  return padded.replace(/=+$/, '') === text.replace(/=+$/, '')
    ? [{ octets, code: 'signature-without-padding' }]
    : undefined
}

function hexInBase64(forms: readonly SignatureForm[]): SignatureForm[] {
  return forms.flatMap(({ octets, code }) => {
    const text = octets.toString('latin1').trim()
    return code === undefined && text.length % 2 === 0 && /^[\da-f]{32,2048}$/i.test(text)
      ? [{ octets: Buffer.from(text, 'hex'), code: 'signature-base64-of-hex' as const }]
      : []
  })
}

const mendings: readonly (readonly [FormCode | undefined, (text: string) => string])[] = [
  ['signature-encoded-twice', (text) => percentDecodeLossless(text)],
  ['signature-encoded-twice', (text) => percentDecodeLossless(percentDecodeLossless(text))],
  ['signature-with-white-space', (text) => text.trim()],
  ['signature-not-encoded', (text) => text.replaceAll(' ', '+')],
  ['signature-with-white-space', (text) => text.replace(/\s+/g, '')],
  ['signature-in-quotes', (text) => text.replace(/^(["'])(.*)\1$/s, '$2')],
]

/** The hash whose digests have this length. */
export function hashOfLength(length: number): TrialHash | undefined {
  return hashesByLength.get(length)
}

const hashesByLength = new Map<number, TrialHash>(
  Object.entries(digestLengths).map(([name, length]) => [length, name as TrialHash]),
)

/** Whether the text is base64 and as long as an RSA key. */
export function looksLikeRsa(signature: string): boolean {
  return signatureForms(signature).some(
    ({ octets, code }) => code === undefined && octets.length >= 128 && octets.length % 8 === 0,
  )
}
