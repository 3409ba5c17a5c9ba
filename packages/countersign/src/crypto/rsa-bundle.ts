import type { RsaPublicKey } from './rsa.ts'

/** One RSA public key, or several: PEM blocks one after the other in a text, or a JSON Web Key Set (RFC 7517 §5). */
export type RsaPublicKeys = RsaPublicKey | { readonly keys: readonly RsaPublicKey[] }

/**
 * The keys of a bundle, one by one, without parsing them: `importRsaPublicKey` refuses anything that is not a key.
 *
 * Of several certificates only the first counts: the others are its chain, which belongs to the issuer and not to the
 * client.
 */
export function splitRsaPublicKeys(bundle: RsaPublicKeys): readonly RsaPublicKey[] {
  if (typeof bundle !== 'string') {
    const { keys } = bundle as { readonly keys?: unknown }
    return Array.isArray(keys) && keys[0] && keys.every(Boolean) ? keys : [bundle as RsaPublicKey]
  }
  // If a private key was pasted along with it, the whole bundle is refused.
  if (bundle.indexOf(begin, bundle.indexOf(begin) + 1) < 0 || bundle.includes('PRIVATE KEY')) return [bundle]
  let certificates = 0
  return bundle
    .split(beforeBegin)
    .filter((text) => text.startsWith(begin) && !(isCertificate.test(text) && certificates++ > 0))
    .map((text) => text.replace(afterEnd, '$1\n'))
}

const begin = '-----BEGIN '
const beforeBegin = /(?=-----BEGIN )/
/** Not every runtime ignores text after a block. */
const afterEnd = /(-----END [^-]*-----)[\s\S]*/
const isCertificate = /^-----BEGIN (?:\w+ )?CERTIFICATE-----/
