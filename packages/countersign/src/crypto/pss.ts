import { constants, createHash, publicDecrypt } from 'node:crypto'
import type { HashName } from './digest.ts'
import { importRsaPublicKey, type RsaPublicKey } from './rsa.ts'

// For finding out how a signature was made, not for deciding whether it holds.

/** What an RSASSA-PSS signature reveals about how it was made. */
export interface OpenedPss {
  readonly hashName: HashName
  /** In octets. */
  readonly saltLength: number
  /** Whether it signs the text with this digest (RFC 8017 §9.1.2). */
  signs(digest: Uint8Array): boolean
}

/**
 * Every way in which a signature opens with the public key: the hash that was used and, by chance in about one of 120
 * signatures, a second one. Empty if it was not made with the private half of this key.
 */
export function openPssSignature(publicKey: RsaPublicKey, signature: Uint8Array): readonly OpenedPss[] {
  const key = importRsaPublicKey(publicKey)
  let encoded: Buffer
  try {
    encoded = publicDecrypt({ key, padding: constants.RSA_NO_PADDING }, signature)
  } catch {
    return []
  }
  const bits = (key.asymmetricKeyDetails?.modulusLength ?? 8 * encoded.length) - 1
  const message = encoded.subarray(encoded.length - Math.ceil(bits / 8))
  if (message.at(-1) !== 0xbc) return []
  const ways: OpenedPss[] = []
  for (const hashName of ['sha256', 'sha1', 'sha512'] as const) {
    const salt = saltOf(message, hashName, 8 * message.length - bits)
    if (salt === undefined) continue
    const made = hashIn(message, hashName)
    const signs = (digest: Uint8Array) =>
      createHash(hashName).update(Buffer.alloc(8)).update(digest).update(salt).digest().equals(made)
    ways.push({ hashName, saltLength: salt.length, signs })
  }
  return ways
}

const lengths = { sha1: 20, sha256: 32, sha512: 64 } as const

function hashIn(message: Buffer, hashName: HashName): Buffer {
  return message.subarray(message.length - lengths[hashName] - 1, -1)
}

/** The rest of the unmasked block after its padding; undefined without such padding. */
function saltOf(message: Buffer, hashName: HashName, spareBits: number): Buffer | undefined {
  const length = message.length - lengths[hashName] - 1
  if (length < 1) return undefined
  const mask = maskOf(hashIn(message, hashName), length, hashName)
  const block = Buffer.from(message.subarray(0, length).map((octet, at) => octet ^ (mask[at] as number)))
  block[0] = (block[0] as number) & (0xff >> spareBits)
  const start = block.findIndex((octet) => octet !== 0)
  return block[start] === 1 ? block.subarray(start + 1) : undefined
}

/** MGF1 (RFC 8017 §B.2.1). */
function maskOf(seed: Buffer, length: number, hashName: HashName): Buffer {
  const parts: Buffer[] = []
  for (let count = 0; count * lengths[hashName] < length; count++) {
    const counter = Buffer.alloc(4)
    counter.writeUInt32BE(count)
    parts.push(createHash(hashName).update(seed).update(counter).digest())
  }
  return Buffer.concat(parts).subarray(0, length)
}
