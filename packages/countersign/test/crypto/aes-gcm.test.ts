import { describe, expect, it } from 'vitest'
import { aesGcmOpen, aesGcmSeal, importAesKey } from '../../src/crypto/aes-gcm.ts'

const key = (octet = 1) => importAesKey(Buffer.alloc(32, octet))

describe('AES-256-GCM', () => {
  it.each(['', 'a', 'é😀', 'x'.repeat(1000)])('opens what it sealed: %j', (text) => {
    expect(aesGcmOpen(key(), aesGcmSeal(key(), text, 'row 1'), 'row 1')).toBe(text)
  })

  it('seals one text differently each time', () => {
    expect(aesGcmSeal(key(), 'a', '')).not.toBe(aesGcmSeal(key(), 'a', ''))
  })

  const seal = () => aesGcmSeal(key(), 'secret', 'row 1')
  const withOctets = (change: (octets: Buffer) => Uint8Array) =>
    Buffer.from(change(Buffer.from(seal(), 'base64url'))).toString('base64url')
  const flipped = (at: number) => withOctets((octets) => octets.fill((octets.at(at) ?? 0) ^ 1, at, at + 1))

  it.each<[name: string, make: () => string]>([
    ['nothing', () => ''],
    ['a nonce alone', () => withOctets((octets) => octets.subarray(0, 12))],
    ['less than nonce and tag', () => withOctets((octets) => octets.subarray(0, 27))],
    ['one octet less', () => withOctets((octets) => octets.subarray(0, -1))],
    ['another spelling', () => `${seal()}=`],
    ['white space after it', () => `${seal()}\n`],
    ['a changed nonce', () => flipped(0)],
    ['a changed text', () => flipped(12)],
    ['a changed tag', () => flipped(12 + 'secret'.length + 15)],
  ])('does not open %s', (_name, make) => {
    expect(aesGcmOpen(key(), make(), 'row 1')).toBeUndefined()
  })

  it('does not open what was sealed with another key or for another row', () => {
    expect(aesGcmOpen(key(2), seal(), 'row 1')).toBeUndefined()
    expect(aesGcmOpen(key(), seal(), 'row 2')).toBeUndefined()
  })

  it('opens what was sealed before', () => {
    // Nonce, ciphertext and tag of AES-256-GCM, by another implementation.
    const sealed = 'AAECAwQFBgcICQoLyMP2VEWKJrpXqab3HLwyYVPIubS2Fxc8XA'
    expect(aesGcmOpen(key(), sealed, 'row 1')).toBe('secret é')
  })

  it.each([0, 16, 31, 33])('has no key of %i octets', (length) => {
    expect(() => importAesKey(Buffer.alloc(length))).toThrow(
      `An AES-256 key has 32 octets; this one has ${length}.`,
    )
  })
})
