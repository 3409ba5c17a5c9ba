import { OAuth1Error } from '../errors.ts'
import type { SignatureMethod } from './signature-methods.ts'

/** Common mistakes in the spelling of a base64 signature, and words that lead to the fix. */
const faults: readonly (readonly [sign: RegExp, words: string])[] = [
  [/[\r\n\t]/, 'holds line breaks; send the base64 text in one line'],
  [/ /, 'holds a space, as a plus in a query or form is read; percent-encode each + of the signature as %2B'],
  [/%(?:2B|2F|3D)/i, 'was percent-encoded twice; encode it once'],
  [/^["'].*["']$/, 'holds quotes; send the base64 text alone'],
  [
    /^(?:[\da-f]{40}|[\da-f]{64}|[\da-f]{128})$/i,
    'is in hexadecimal; send the octets of the digest in base64',
  ],
  // A short text is more likely a made-up signature than a misspelt one.
  [
    /^(?=[^-_]*[-_])[\w-]{27,}={0,2}$/,
    'is in the alphabet of URLs; use the alphabet of RFC 4648 §4, with + and / in the place of - and _',
  ],
]

/**
 * Says how a signature that did not match is misspelt. Only its text decides, whether or not client and token are
 * known, so the sender learns nothing new.
 *
 * @throws OAuth1Error `invalid_signature`
 */
export function checkSignatureForm(method: SignatureMethod, signature: string): void {
  const isBase64 = method.kind === 'asymmetric' || method.digestLength !== undefined
  if (!isBase64 || canonical.test(signature)) return
  const words = faults.find(([sign]) => sign.test(signature))?.[1] ?? paddingFault(signature)
  if (words !== undefined) throw new OAuth1Error('invalid_signature', `oauth_signature ${words}.`)
}

/** The usual spelling, which also admits hexadecimal text of other lengths. */
const canonical =
  /^(?![\da-f]{40}$|[\da-f]{64}$|[\da-f]{128}$)(?:[A-Za-z\d+/]{4})*(?:[A-Za-z\d+/]{2}==|[A-Za-z\d+/]{3}=)?$/i

function paddingFault(signature: string): string | undefined {
  return /^[A-Za-z\d+/]{26,}={0,2}$/.test(signature)
    ? 'lacks the = at its end; percent-encode each as %3D'
    : undefined
}
