import { describe, expect, it } from 'vitest'
import { aesGcmOpen, aesGcmSeal, importAesKey } from '../../src/crypto/aes-gcm.ts'

const key = importAesKey(Buffer.alloc(32, 1))

describe('AES-256-GCM', () => {
  it.each(['', 'a', 'é😀', 'x'.repeat(1000)])('opens what it sealed: %j', (text) => {
    expect(aesGcmOpen(key, aesGcmSeal(key, text, 'row 1'), 'row 1')).toBe(text)
  })

  it('seals one text anew each time', () => {
    expect(aesGcmSeal(key, 'a', '')).not.toBe(aesGcmSeal(key, 'a', ''))
  })

  const sealed = aesGcmSeal(key, 'secret', 'row 1')
  const octets = Buffer.from(sealed, 'base64url')
  it.each<[string, string]>([
    ['nothing', ''],
    ['a nonce alone', octets.subarray(0, 12).toString('base64url')],
    ['less than nonce and tag', octets.subarray(0, 27).toString('base64url')],
    ['one octet less', octets.subarray(0, -1).toString('base64url')],
    ['another spelling', `${sealed}=`],
    ['white space after it', `${sealed}\n`],
    ['a changed nonce', changed(0)],
    ['a changed text', changed(12)],
    ['a changed tag', changed(octets.length - 1)],
  ])('does not open %s', (_name, text) => {
    expect(aesGcmOpen(key, text, 'row 1')).toBeUndefined()
  })

  it('does not open what was sealed with another key or for another row', () => {
    expect(aesGcmOpen(importAesKey(Buffer.alloc(32, 2)), sealed, 'row 1')).toBeUndefined()
    expect(aesGcmOpen(key, sealed, 'row 2')).toBeUndefined()
  })

  it.each([0, 16, 31, 33])('has no key of %i octets', (length) => {
    expect(() => importAesKey(Buffer.alloc(length))).toThrow(
      `An AES-256 key has 32 octets; this one has ${length}.`,
    )
  })

  function changed(at: number): string {
    const copy = Buffer.from(octets)
    copy[at] = (copy[at] ?? 0) ^ 1
    return copy.toString('base64url')
  }
})
