import { hash } from 'node:crypto'
import type { HashName } from './digest.ts'

/** A key of HMAC (RFC 2104), as what it puts before the text and before the first digest: an octet a character. */
export interface HmacKey {
  readonly hashName: HashName
  readonly inner: string
  readonly outer: string
}

/** Prepares an ASCII key. */
export function importHmacKey(hashName: HashName, key: string): HmacKey {
  const block = Buffer.alloc(blockSizes[hashName])
  // Whatever its length: the time must not tell that of a secret.
  const digest = hash(hashName, key, 'binary')
  block.write(key.length > block.length ? digest : key, 'latin1')
  const pad = (octet: number) => Buffer.from(block.map((keyOctet) => keyOctet ^ octet)).toString('latin1')
  return { hashName, inner: pad(0x36), outer: pad(0x5c) }
}

/**
 * HMAC (RFC 2104) of ASCII text, in base64 as §3.4.2 asks.
 *
 * Two one-shot hashes cost half as much as `createHmac`, because no object is made of the key and none of the hash; the
 * texts that are signed here are short. A property test holds it against `createHmac`.
 */
export function hmacBase64({ hashName, inner, outer }: HmacKey, text: string): string {
  return hash(hashName, octetsOf(outer, hash(hashName, octetsOf(inner, text), 'binary')), 'base64')
}

const blockSizes = { sha1: 64, sha256: 64, sha512: 128 } as const

/** The octets of two texts in a row, in a buffer that the next call uses again. */
function octetsOf(first: string, second: string): Buffer {
  const length = first.length + second.length
  const octets = length <= scratch.length ? beginningOfScratch(length) : Buffer.allocUnsafe(length)
  octets.write(first, 'latin1')
  octets.write(second, first.length, 'latin1')
  return octets
}

const scratch = Buffer.alloc(1024)
/** A view of each length that was needed: to make one costs as much as to hash what is in it. */
const views: Buffer[] = []

function beginningOfScratch(length: number): Buffer {
  views[length] ??= scratch.subarray(0, length)
  return views[length]
}
