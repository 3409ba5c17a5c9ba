import { createPublicKey, generateKeyPairSync, type JsonWebKey } from 'node:crypto'
import {
  builtInSignatureMethods,
  ConfigurationError,
  importRsaPublicKey,
  type RsaPublicKey,
} from 'countersign'
import { describe, expect, it } from 'vitest'
import {
  certificate,
  jwk,
  pkcs1Pem,
  privateJwk,
  privatePem,
  privatePkcs1Pem,
  rsaSigner,
  spkiPem,
} from './keys.ts'

const rsaSha1 = builtInSignatureMethods['RSA-SHA1']

function verify(publicKey: RsaPublicKey, baseString: string, signature: string): unknown {
  if (rsaSha1?.kind !== 'asymmetric') throw new Error('RSA-SHA1 is asymmetric')
  return rsaSha1.verify({ baseString, publicKey, signature: Buffer.from(signature, 'base64') })
}

describe('an RSA public key is taken as', () => {
  it.each<[string, RsaPublicKey]>([
    ['SPKI PEM', spkiPem],
    ['PKCS#1 PEM', pkcs1Pem],
    ['a JWK', jwk],
    ['a JWK that lists the private members as undefined, as workerd does', { ...jwk, d: undefined }],
    ['PEM with other line ends and a comment', `client key\r\n${spkiPem.replaceAll('\n', '\r\n')}`],
  ])('%s', (_name, publicKey) => {
    expect(verify(publicKey, 'x', rsaSigner('SHA1')('x'))).toBe(true)
    expect(verify(publicKey, 'y', rsaSigner('SHA1')('x'))).toBe(false)
  })

  it('an X.509 certificate', () => {
    const { pem, baseString, signature } = certificate
    expect(verify(pem, baseString, signature)).toBe(true)
    expect(verify(pem, `${baseString}.`, signature)).toBe(false)
  })

  it('the same key is parsed once', () => {
    expect(importRsaPublicKey(spkiPem)).toBe(importRsaPublicKey(spkiPem))
    expect(importRsaPublicKey({ ...jwk })).toBe(importRsaPublicKey({ ...jwk }))
  })

  it('different JWKs are different keys', () => {
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' })
    expect(verify(other as typeof jwk, 'x', rsaSigner('SHA1')('x'))).toBe(false)
  })
})

describe('a private key is refused, and the message says what to do', () => {
  it.each<[string, RsaPublicKey]>([
    ['PKCS#8', privatePem],
    ['PKCS#1', privatePkcs1Pem],
    ['JWK', privateJwk],
    ['JWK, after its public half was imported', { ...jwk, d: privateJwk['d'] }],
    ['after its certificate', certificate.pem + privatePem],
  ])('%s', (_name, key) => {
    importRsaPublicKey(jwk)
    expect(() => importRsaPublicKey(key)).toThrow(ConfigurationError)
    expect(() => importRsaPublicKey(key)).toThrow(/public half only/)
    expect(() => importRsaPublicKey(key)).not.toThrow(/MII/)
  })
})

/** Written down, because not every runtime can make one. */
const pssPem = [
  '-----BEGIN PUBLIC KEY-----',
  'MIIBIDALBgkqhkiG9w0BAQoDggEPADCCAQoCggEBAKugQbk9ICQ7UIkCrxGYW+26',
  'TzNbv3xPmZP1eeAfxvnlZ8FFEWRIMdPPe+h27hddAt2fNdq0KaWky/L+VzvnIhZ1',
  'BtU1F8ZCALZ0Sr9xUQ4ptEt83cqLgoqWNDNVsQMjWa3gJzR00vsQRoFiB3uUuVDk',
  'YFe+Mu0Z5qz+X2qBaX6TF3B2IAFgrwZJuSx8tKcLOL+gpeHKWp2CsCEMugMZSNY0',
  '5NiHIH5R5hoXPWtGtw9iA/u2Toq3WajR2nTSBvmTQsvx2yA7oQCxfavuAZrtd3H3',
  'IpL7Lsry0F0HkU3xcCzLGW7MPS3I7Y6iK9OPJ3kbqWfxtDwYxb0Rd5OY+zVrBZkC',
  'AwEAAQ==',
  '-----END PUBLIC KEY-----',
].join('\n')

/** Deno reads no key of more than 4096 bits, nor some of the damaged ones: there it is the engine that refuses. */
function engineReads(key: RsaPublicKey): boolean {
  try {
    createPublicKey({ key: key as JsonWebKey, format: 'jwk' })
    return true
  } catch {
    return false
  }
}

function withExponent(hex: string): RsaPublicKey {
  return { ...jwk, e: Buffer.from(hex, 'hex').toString('base64url') }
}

describe('an RSA public key may have', () => {
  it.each<[string, RsaPublicKey]>([
    ['an exponent of 3', withExponent('03')],
    ['an exponent of 17', withExponent('11')],
    ['an exponent of 32 bits', withExponent('ffffffff')],
    ['8192 bits', { ...jwk, n: Buffer.alloc(1024, 0xff).toString('base64url') }],
  ])('%s, where the engine can read it', (_name, key) => {
    if (!engineReads(key)) {
      expect(() => importRsaPublicKey(key)).toThrow('cannot be read')
      return
    }
    expect(importRsaPublicKey(key).asymmetricKeyType).toBe('rsa')
    const pem = importRsaPublicKey(key).export({ type: 'spki', format: 'pem' }).toString()
    expect(importRsaPublicKey(pem).asymmetricKeyType).toBe('rsa')
  })
})

describe('anything other than a usable RSA public key is refused', () => {
  const { publicKey: ec } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { publicKey: short } = generateKeyPairSync('rsa', { modulusLength: 512 })
  const pem = (key: ReturnType<typeof createPublicKey>) =>
    key.export({ type: 'spki', format: 'pem' }).toString()

  it.each<[string, RsaPublicKey]>([
    ['text', 'not a key'],
    ['empty text', ''],
    ['broken PEM', spkiPem.replace('MII', 'AAA')],
    ['an EC key', pem(ec)],
    ['an EC JWK', ec.export({ format: 'jwk' }) as typeof jwk],
    ['an RSA-PSS key', pssPem],
    ['512 bits', pem(short)],
    ['an exponent of 65 bits', withExponent('010000000000000001')],
    ['an exponent of 33 bits', withExponent('0100000001')],
    ['an exponent of 0', withExponent('00')],
    ['an exponent of 1, with which every text is its own signature', withExponent('01')],
    ['an exponent of 2', withExponent('02')],
    ['an even exponent', withExponent('010000')],
    ['an even exponent with zeros before it', withExponent('00000004')],
    ['an even modulus', { ...jwk, n: `${String(jwk['n']).slice(0, -4)}AAAA` }],
    [
      '8193 bits',
      { ...jwk, n: Buffer.concat([Buffer.of(1), Buffer.alloc(1024, 0xff)]).toString('base64url') },
    ],
    ['16384 bits', { ...jwk, n: Buffer.alloc(2048, 0xff).toString('base64url') }],
    ['more text than any key has', `${spkiPem}${'\n'.repeat(20_000)}`],
    ['a symmetric JWK', { kty: 'oct', k: 'c2VjcmV0' }],
    ['a JWK without a modulus', { kty: 'RSA', e: 'AQAB' }],
  ])('%s', (_name, key) => {
    expect(() => importRsaPublicKey(key)).toThrow(ConfigurationError)
    // Again, and by a signature.
    expect(() => verify(key, 'x', rsaSigner('SHA1')('x'))).toThrow(ConfigurationError)
  })
})

describe('the refusal of an unusable key says what is wrong with it', () => {
  /** Of as many octets, all of them 255 but the last. */
  const jwkOf = (length: number, last = 255, exponent = [1, 0, 1]) => ({
    kty: 'RSA',
    n: Buffer.alloc(length, 255)
      .fill(last, length - 1)
      .toString('base64url'),
    e: Buffer.from(exponent).toString('base64url'),
  })
  const noOdd =
    'The RSA public key has an exponent that is not an odd number from 3 on; the usual one is 65537.'
  it.each([
    [
      'of 1016 bits',
      jwkOf(127),
      'The RSA public key has 1016 bits; give one of 2048 bits or more (at least 1024).',
    ],
    ['of 8200 bits', jwkOf(1025), 'The RSA public key has 8200 bits; the maximum is 8192.'],
    ['with an even modulus', jwkOf(256, 254), 'The RSA public key has an even modulus: it is damaged.'],
    ['with the exponent 1', jwkOf(256, 255, [1]), noOdd],
    ['with the exponent 2', jwkOf(256, 255, [2]), noOdd],
    [
      'with an exponent of 33 bits',
      jwkOf(256, 255, [1, 0, 0, 0, 1]),
      'The RSA public key has an exponent of more than 32 bits; the usual one is 65537.',
    ],
  ])('%s', (_name, key, told) => {
    const message = engineReads(key) ? told : 'cannot be read'
    expect(() => importRsaPublicKey(key)).toThrow(message)
    // The second time from the cache.
    expect(() => importRsaPublicKey(key)).toThrow(message)
  })

  it.each([
    ['of 1024 bits', jwkOf(128)],
    ['of 8192 bits', jwkOf(1024)],
    ['with the exponent 3', jwkOf(256, 255, [3])],
    ['with an exponent of 32 bits', jwkOf(256, 255, [255, 255, 255, 255])],
  ])('but not %s, which is parsed once', (_name, key) => {
    if (!engineReads(key)) expect(() => importRsaPublicKey(key)).toThrow('cannot be read')
    else expect(importRsaPublicKey(key)).toBe(importRsaPublicKey({ ...key }))
  })

  const unreadable =
    'The RSA public key cannot be read. Give SPKI (BEGIN PUBLIC KEY), PKCS#1 (BEGIN RSA PUBLIC KEY) or X.509 (BEGIN CERTIFICATE) PEM text, or a JWK.'
  it.each<[string, RsaPublicKey]>([
    ['that is no key', 'not a key'],
    ['that is a JWK of nothing', { kty: 'RSA' }],
  ])('%s', (_name, key) => {
    expect(() => importRsaPublicKey(key)).toThrow(unreadable)
    expect(() => importRsaPublicKey(key)).toThrow(expect.objectContaining({ cause: expect.anything() }))
  })

  it('of more than 16384 characters, though its beginning is a key', () => {
    const longest = 'comment\n'.repeat(2_048).slice(spkiPem.length) + spkiPem
    expect(longest).toHaveLength(16_384)
    expect(importRsaPublicKey(longest).asymmetricKeyType).toBe('rsa')
    const longer = `${longest}\n`
    expect(() => importRsaPublicKey(longer)).toThrow(unreadable)
    expect(() => importRsaPublicKey(longer)).toThrow(
      expect.objectContaining({ cause: new RangeError('It is longer than 16384 characters.') }),
    )
    expect(importRsaPublicKey(longest).asymmetricKeyType).toBe('rsa')
  })

  it('that has the characters of another key, divided in another way', () => {
    const [n, e] = [String(jwk['n']), String(jwk['e'])]
    expect(importRsaPublicKey({ kty: 'RSA', n, e }).asymmetricKeyType).toBe('rsa')
    const divided = { kty: 'RSA', n: n + e.slice(0, 2), e: e.slice(2) }
    expect(() => importRsaPublicKey(divided)).toThrow(ConfigurationError)
  })

  it('of another kind', () => {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    expect(() => importRsaPublicKey(publicKey.export({ type: 'spki', format: 'pem' }).toString())).toThrow(
      'The public key is of kind ec; the RSA methods need an RSA key.',
    )
  })
})

it('no text puts another client’s JWK out of use, whatever it says', () => {
  const { n, e, publicKey } = freshJwk()
  for (const text of [
    `RSA.${n}.${e}.false`,
    `["RSA","${n}","${e}",false]`,
    `jwk ["RSA","${n}","${e}",false]`,
  ])
    expect(() => importRsaPublicKey(text)).toThrow(ConfigurationError)
  expect(importRsaPublicKey(publicKey).asymmetricKeyType).toBe('rsa')
})

function freshJwk() {
  const exported = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' })
  const { n = '', e = '' } = exported
  return { n, e, publicKey: { kty: 'RSA', n, e } }
}
