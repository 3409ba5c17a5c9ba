import { createCipheriv, createDecipheriv, hash, randomBytes } from 'node:crypto'

const ivLength = 12
const tagLength = 16

/** The key derived from a secret text. */
export function sealingKey(secret: string): Buffer {
  return hash('sha256', secret, 'buffer')
}

/** Encrypts text with a key (AES-256-GCM), in base64url. */
export function seal(key: Buffer, text: string): string {
  const iv = randomBytes(ivLength)
  const cipher = createCipheriv('aes-256-gcm', key, iv)
  const sealed = Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
  return sealed.toString('base64url')
}

/** @throws Error when the text was not sealed with this key, or was changed since. */
export function unseal(key: Buffer, sealed: string): string {
  const octets = Buffer.from(sealed, 'base64url')
  const decipher = createDecipheriv('aes-256-gcm', key, octets.subarray(0, ivLength), {
    authTagLength: tagLength,
  })
  decipher.setAuthTag(octets.subarray(-tagLength))
  return decipher.update(octets.subarray(ivLength, -tagLength), undefined, 'utf8') + decipher.final('utf8')
}
