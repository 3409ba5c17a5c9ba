import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { keepAtMost } from '../../src/crypto/bounded-map.ts'
import { constantTimeEqual } from '../../src/crypto/compare.ts'
import { sha256Base64Url, sha256Octets } from '../../src/crypto/digest.ts'
import { randomCode, randomToken } from '../../src/crypto/random.ts'

it.each([
  [3, ['a', 'b', 'c']],
  [4, ['a', 'b', 'c']],
  [2, ['b', 'c']],
  [0, []],
])('of a map of three, the last %i are kept', (count, kept) => {
  const map = new Map([...'abc'].map((name) => [name, 1]))
  keepAtMost(count, map)
  expect([...map.keys()]).toEqual(kept)
})

describe('a comparison', () => {
  it.each([0, 1, 127, 128, 129, 1000])('of texts of %i characters, whichever differs', (length) => {
    const text = 'a'.repeat(length)
    for (let times = 0; times < 2; times++) {
      expect(constantTimeEqual(text, text)).toBe(true)
      expect(constantTimeEqual(text, `${text}a`)).toBe(false)
      if (length === 0) continue
      expect(constantTimeEqual(text, `b${text.slice(1)}`)).toBe(false)
      expect(constantTimeEqual(text, `${text.slice(1)}\u0161`)).toBe(false)
    }
  })
})

it.each([1, 2, 3, 127, 128, 129, 130])(
  'a comparison of %i characters remembers nothing of another',
  (length) => {
    const text = 'é'.repeat(length)
    for (let at = 0; at < length; at++) {
      const other = `${text.slice(0, at)}\u01e9${text.slice(at + 1)}`
      expect(constantTimeEqual(text, other)).toBe(false)
      expect(constantTimeEqual(other, text)).toBe(false)
      expect(constantTimeEqual(other, other)).toBe(true)
    }
  },
)

it('a digest is 32 octets, or 43 characters', () => {
  const hash = createHash('sha256').update('é')
  expect(Buffer.from(sha256Octets('é'), 'latin1')).toEqual(hash.copy().digest())
  expect(sha256Base64Url('é')).toBe(hash.digest('base64url'))
})

it.each([1, 2, 3, 4, 31, 32])(
  'a random text of %i characters has as many, and is new each time',
  (length) => {
    expect(randomToken(length)).toMatch(new RegExp(`^[\\w-]{${length}}$`))
    expect(randomCode(length)).toMatch(new RegExp(`^[2-9A-HJ-NP-Z]{${length}}$`))
    if (length < 31) return
    expect(randomToken(length)).not.toBe(randomToken(length))
    expect(randomCode(length)).not.toBe(randomCode(length))
  },
)
