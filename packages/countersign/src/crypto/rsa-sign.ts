import { constants, createPrivateKey, createSign, type KeyObject, sign } from 'node:crypto'
import { ConfigurationError } from '../errors.ts'
import type { HashName } from './digest.ts'

/** An RSA private key: PEM text (PKCS#8 or PKCS#1, not encrypted), a JSON Web Key, or a `KeyObject` of `node:crypto`. */
export type RsaPrivateKey =
  | string
  | { readonly kty: string; readonly [member: string]: unknown }
  | { readonly type: string; readonly asymmetricKeyType?: string | undefined }

/** RSASSA-PKCS1-v1_5 (RFC 8017 §8.2) as §3.4.3 asks, in base64. */
export function rsaSign(hashName: HashName, privateKey: KeyObject, text: string): string {
  return sign(hashName, Buffer.from(text), privateKey).toString('base64')
}

/** RSASSA-PSS (RFC 8017 §8.1) with a salt of 32 octets, in base64. */
export function rsaPssSign(hashName: HashName, privateKey: KeyObject, text: string): string {
  // workerd's sign() ignores the padding, and takes no KeyObject beside one.
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' })
  const options = { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }
  return createSign(hashName).update(text).sign(options, 'base64')
}

/** @throws ConfigurationError when it is not an RSA private key, or one that cannot be read; it never quotes the key. */
export function importRsaPrivateKey(privateKey: RsaPrivateKey): KeyObject {
  const key = readPrivateKey(privateKey)
  if (key?.type === 'private' && key.asymmetricKeyType === 'rsa') return key
  throw new ConfigurationError(
    'The privateKey is not a readable RSA private key. Give PEM text (BEGIN PRIVATE KEY or BEGIN RSA PRIVATE KEY) with real line ends, a JWK, or a KeyObject; an encrypted key needs createPrivateKey({ key, passphrase }) of node:crypto.',
  )
}

/** Node's error about an unreadable key may quote the key. */
function readPrivateKey(privateKey: RsaPrivateKey): KeyObject | undefined {
  try {
    if (typeof privateKey === 'string') return createPrivateKey(privateKey)
    if ('kty' in privateKey) return createPrivateKey({ key: privateKey as { kty: string }, format: 'jwk' })
    return privateKey as KeyObject
  } catch {
    return undefined
  }
}
