import { constants, createHash, createHmac, publicDecrypt } from 'node:crypto'
import type { HashName } from './digest.ts'
import { hmacBase64, importHmacKey } from './hmac.ts'
import { importRsaPublicKey, type RsaPublicKey } from './rsa.ts'

// For finding out how a signature was made, not for deciding whether it holds: any hash, any key, and no constant time.

/** The hashes that signatures are made with, and the octets of their digests. */
export const digestLengths = { md5: 16, sha1: 20, sha224: 28, sha256: 32, sha384: 48, sha512: 64 } as const

export type TrialHash = keyof typeof digestLengths

/** A function that computes HMAC (RFC 2104) of any text under a key of any text, many times, in base64. */
export function trialHmac(hashName: TrialHash, key: string): (text: string) => string {
  const usual = isUsual(hashName) && isAscii(key) ? importHmacKey(hashName, key) : undefined
  return (text) =>
    usual !== undefined && isAscii(text)
      ? hmacBase64(usual, text)
      : createHmac(hashName, key).update(text).digest('base64')
}

function isAscii(text: string): boolean {
  // Faster than searching for the first character beyond ASCII.
  return Buffer.byteLength(text) === text.length
}

function isUsual(hashName: TrialHash): hashName is HashName {
  return hashName === 'sha1' || hashName === 'sha256' || hashName === 'sha512'
}

export function trialDigest(hashName: TrialHash, text: string): Buffer {
  return createHash(hashName).update(text).digest()
}

/**
 * The hash and the digest that an RSA signature contains (RFC 8017 §9.2). Undefined if it was not made with the private
 * half of this key.
 */
export function openRsaSignature(
  publicKey: RsaPublicKey,
  signature: Uint8Array,
): { readonly hashName: TrialHash; readonly digest: Buffer } | undefined {
  let opened: Buffer
  try {
    opened = publicDecrypt(
      { key: importRsaPublicKey(publicKey), padding: constants.RSA_PKCS1_PADDING },
      signature,
    )
  } catch {
    return undefined
  }
  for (const [hashName, prefix] of digestInfos) {
    const length = digestLengths[hashName]
    if (opened.length === prefix.length + length && opened.subarray(0, prefix.length).equals(prefix))
      return { hashName, digest: opened.subarray(prefix.length) }
  }
  return undefined
}

/** The prefix of each digest (RFC 8017 §9.2, note 1). */
const digestInfos = (
  [
    ['md5', '3020300c06082a864886f70d020505000410'],
    ['sha1', '3021300906052b0e03021a05000414'],
    ['sha224', '302d300d06096086480165030402040500041c'],
    ['sha256', '3031300d060960864801650304020105000420'],
    ['sha384', '3041300d060960864801650304020205000430'],
    ['sha512', '3051300d060960864801650304020305000440'],
  ] as const
).map(([hashName, hex]) => [hashName, Buffer.from(hex, 'hex')] as const)
