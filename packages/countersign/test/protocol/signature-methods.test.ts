import { createHmac } from 'node:crypto'
import { asymmetric, builtInSignatureMethods, sharedKey, symmetric } from 'countersign'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { signatureMatches } from '../../src/protocol/signature-methods.ts'
import { pssSigner, rsaSigner, spkiPem } from './keys.ts'

function symmetricMethod(name: string) {
  const method = builtInSignatureMethods[name]
  if (method?.kind !== 'symmetric') throw new Error(`${name} is not symmetric`)
  return method
}

function asymmetricMethod(name: string) {
  const method = builtInSignatureMethods[name]
  if (method?.kind !== 'asymmetric') throw new Error(`${name} is not asymmetric`)
  return method
}

const baseString = 'GET&http%3A%2F%2Fe.com%2F&a%3D1'
const ascii = fc.string({ unit: 'binary-ascii', maxLength: 300 })

it('nine methods are built in', () => {
  expect(Object.keys(builtInSignatureMethods)).toEqual([
    'HMAC-SHA1',
    'HMAC-SHA256',
    'HMAC-SHA512',
    'RSA-SHA1',
    'RSA-SHA256',
    'RSA-SHA512',
    'RSA-PSS-SHA256',
    'RSA-PSS',
    'PLAINTEXT',
  ])
})

describe('the shared key (§3.4.2)', () => {
  it.each([
    ['both secrets encoded', 'a b&', 'ü/', 'a%20b%26&%C3%BC%2F'],
    ['the ampersand stays when the token secret is empty', 'a', '', 'a&'],
    ['the ampersand stays when both are empty', '', '', '&'],
  ])('%s', (_name, clientSecret, tokenSecret, key) => {
    expect(sharedKey(clientSecret, tokenSecret)).toBe(key)
  })
})

describe.each(['SHA1', 'SHA256', 'SHA512'])('HMAC-%s', (hash) => {
  const { sign } = symmetricMethod(`HMAC-${hash}`)
  const oracle = (key: string, text: string) => createHmac(hash, key).update(text).digest('base64')

  it("is Node's HMAC for any key and text", () => {
    fc.assert(
      fc.property(ascii, ascii, ascii, (clientSecret, tokenSecret, text) => {
        expect(sign({ baseString: text, clientSecret, tokenSecret })).toBe(
          oracle(sharedKey(clientSecret, tokenSecret), text),
        )
      }),
    )
  })

  // Around the block sizes of the hashes, where RFC 2104 begins to hash the key.
  it.each([0, 1, 62, 63, 64, 126, 127, 128, 129, 500])('with a key of %i + 1 characters', (length) => {
    const clientSecret = 'k'.repeat(length)
    expect(sign({ baseString, clientSecret, tokenSecret: '' })).toBe(oracle(`${clientSecret}&`, baseString))
  })

  it.each([0, 1, 3_967, 3_968, 3_969, 4_031, 4_032, 4_033, 4_096, 100_000])(
    'over a text of %i characters',
    (length) => {
      const text = 't'.repeat(length)
      expect(sign({ baseString: text, clientSecret: 's', tokenSecret: 't' })).toBe(oracle('s&t', text))
    },
  )

  it('does not remember a longer key or text', () => {
    const first = sign({ baseString, clientSecret: 's', tokenSecret: '' })
    sign({ baseString: 'x'.repeat(5_000), clientSecret: 'y'.repeat(200), tokenSecret: 'z' })
    expect(sign({ baseString, clientSecret: 's', tokenSecret: '' })).toBe(first)
  })
})

describe.each(['SHA1', 'SHA256', 'SHA512'])('the keys that HMAC-%s keeps', (hash) => {
  const method = symmetricMethod(`HMAC-${hash}`)
  const input = (clientSecret: string, tokenSecret: string) => ({ baseString, clientSecret, tokenSecret })
  const oracle = (clientSecret: string, tokenSecret: string) =>
    createHmac(hash, sharedKey(clientSecret, tokenSecret)).update(baseString).digest('base64')
  const signed = (clientSecret: string, tokenSecret: string, held: boolean) => {
    const signature = method.sign(input(clientSecret, tokenSecret))
    method.compared?.(input(clientSecret, tokenSecret), held)
    return signature
  }

  it.each([
    ['of a token are of no other client', ['a', 't'], ['b', 't']],
    ['of a client are of no other token', ['a', 't'], ['a', 'u']],
    ['of a client alone are of no other', ['a', ''], ['b', '']],
  ] as const)('%s', (_name, first, second) => {
    for (const held of [true, false])
      for (const [clientSecret, tokenSecret] of [first, second, first, first, second])
        expect(signed(clientSecret, tokenSecret, held)).toBe(oracle(clientSecret, tokenSecret))
  })

  it('come from the last valid signature, whatever was refused in between', () => {
    expect(signed('a', 'one', true)).toBe(oracle('a', 'one'))
    expect(signed('b', 'two', false)).toBe(oracle('b', 'two'))
    expect(signed('a', 'one', false)).toBe(oracle('a', 'one'))
    expect(signed('c', 'one', true)).toBe(oracle('c', 'one'))
    expect(signed('a', 'one', true)).toBe(oracle('a', 'one'))
  })

  it('may be of more tokens than are kept', () => {
    for (let n = 0; n < 1_100; n++) signed('a', `token ${n}`, true)
    for (const n of [0, 1, 99, 100, 1_099])
      expect(signed('a', `token ${n}`, true)).toBe(oracle('a', `token ${n}`))
  })

  it('has a digest of as many octets as it says', () => {
    expect(Buffer.from(method.sign(input('a', 't')) as string, 'base64')).toHaveLength(
      method.digestLength ?? 0,
    )
  })
})

describe('whether a signature holds', () => {
  const keys = { clientSecret: 'a', tokenSecret: 't', publicKey: spkiPem }
  const reversed = symmetric(({ clientSecret, tokenSecret }) => `${tokenSecret}${clientSecret}`)
  const none = { ...keys, clientSecret: undefined }

  it('is decided by the secrets for a symmetric method', () => {
    expect(signatureMatches(reversed, baseString, 'ta', keys)).toBe(true)
    expect(signatureMatches(reversed, baseString, 'at', keys)).toBe(false)
    expect(
      signatureMatches(
        symmetric(() => ''),
        baseString,
        '',
        none,
      ),
    ).toBe(false)
  })

  it('is told to the method', () => {
    const told: unknown[] = []
    const method = { ...reversed, compared: (...both: unknown[]) => void told.push(both) }
    expect(signatureMatches(method, baseString, 'ta', keys)).toBe(true)
    expect(signatureMatches(method, baseString, 'no', keys)).toBe(false)
    const input = { baseString, clientSecret: 'a', tokenSecret: 't' }
    expect(told).toEqual([
      [input, true],
      [input, false],
    ])
  })

  it('is decided by the public key for an asymmetric method, which gets the octets', async () => {
    const given: unknown[] = []
    const method = (verdict: unknown) =>
      asymmetric((input) => {
        given.push(input)
        return verdict as boolean
      })
    expect(signatureMatches(method(true), baseString, 'AAEC', keys)).toBe(true)
    expect(signatureMatches(method(false), baseString, 'AAEC', keys)).toBe(false)
    expect(await signatureMatches(method(Promise.resolve(true)), baseString, 'AAEC', keys)).toBe(true)
    expect(await signatureMatches(method(Promise.resolve('true')), baseString, 'AAEC', keys)).toBe(false)
    expect(await signatureMatches(method('true'), baseString, 'AAEC', keys)).toBe(false)
    expect(given).toHaveLength(5)
    expect(given[0]).toEqual({ baseString, publicKey: spkiPem, signature: Buffer.of(0, 1, 2) })
    expect(signatureMatches(method(true), baseString, 'AAE', keys)).toBe(false)
    expect(signatureMatches(method(true), baseString, 'AAEC', { ...keys, publicKey: undefined })).toBe(false)
    expect(given).toHaveLength(5)
  })
})

describe.each(['SHA1', 'SHA256', 'SHA512'])('RSA-%s', (hash) => {
  const { verify } = asymmetricMethod(`RSA-${hash}`)
  const signature = Buffer.from(rsaSigner(hash)(baseString), 'base64')

  it('verifies what the private key signed', () => {
    expect(verify({ baseString, publicKey: spkiPem, signature })).toBe(true)
  })

  it.each([
    ['another text', `${baseString}1`, signature],
    [
      'a changed signature',
      baseString,
      Uint8Array.from(signature, (octet, i) => (i === 9 ? octet ^ 1 : octet)),
    ],
    ['a cut signature', baseString, signature.subarray(1)],
    ['an empty signature', baseString, new Uint8Array()],
    [
      'a signature under another hash',
      baseString,
      Buffer.from(rsaSigner(hash === 'SHA1' ? 'SHA256' : 'SHA1')(baseString), 'base64'),
    ],
  ])('refuses %s', (_name, text, octets) => {
    expect(verify({ baseString: text, publicKey: spkiPem, signature: octets })).toBe(false)
  })
})

describe('PLAINTEXT', () => {
  it('is the shared key itself', () => {
    const method = symmetricMethod('PLAINTEXT')
    expect(method.sign({ baseString, clientSecret: 'a b', tokenSecret: 'c&' })).toBe('a%20b&c%26')
    expect(method.plaintext).toBe(true)
  })
})

describe.each(['RSA-PSS-SHA256', 'RSA-PSS'])('%s', (name) => {
  const method = asymmetricMethod(name)
  const keys = { clientSecret: undefined, tokenSecret: '', publicKey: spkiPem }

  it('takes a salt as long as the hash', () => {
    expect(signatureMatches(method, 'text', pssSigner(32)('text'), keys)).toBe(true)
    expect(signatureMatches(method, 'other', pssSigner(32)('text'), keys)).toBe(false)
  })

  it.each([0, 20, 64])('takes no salt of %i octets', (length) => {
    expect(signatureMatches(method, 'text', pssSigner(length)('text'), keys)).toBe(false)
  })

  it('is another method than RSA-SHA256', () => {
    const pkcs1 = asymmetricMethod('RSA-SHA256')
    expect(signatureMatches(method, 'text', rsaSigner('SHA256')('text'), keys)).toBe(false)
    expect(signatureMatches(pkcs1, 'text', pssSigner(32)('text'), keys)).toBe(false)
  })
})
