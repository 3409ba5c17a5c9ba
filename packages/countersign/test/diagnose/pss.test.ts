import { constants, generateKeyPairSync, sign } from 'node:crypto'
import type { HttpRequest } from 'countersign'
import { diagnoseSignature } from 'countersign/diagnose'
import { describe, expect, it } from 'vitest'
import { signed } from '../../../../test/support/signer.ts'
import { openPssSignature } from '../../src/crypto/pss.ts'

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
/** One bit more than whole octets: the encoded message is an octet shorter than the modulus. */
const odd = generateKeyPairSync('rsa', { modulusLength: 2049 })

type Padding = 'pss' | 'pkcs1'

function request(
  named: string,
  {
    hash = 'sha256',
    padding = 'pss' as Padding,
    saltLength = 32,
    key = privateKey,
    alter = (t: string) => t,
  } = {},
): HttpRequest {
  const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength }
  return signed({
    url: 'https://api.example.com/photos?size=large',
    oauth: { oauth_signature_method: named },
    sign: (text) =>
      sign(hash, Buffer.from(alter(text)), { key, ...(padding === 'pss' ? pss : {}) }).toString('base64'),
  })
}

function diagnosed(http: HttpRequest, key = publicKey) {
  const pem = key.export({ type: 'spki', format: 'pem' }).toString()
  const { outcome, causes } = diagnoseSignature(http, { publicKey: pem })
  return [outcome, ...causes.map(({ code }) => code)]
}

describe('a signature of RSASSA-PSS is opened with the public key', () => {
  it.each<[what: string, http: HttpRequest, expected: string[]]>([
    ['the right one', request('RSA-PSS'), ['valid']],
    [
      'over another scheme',
      request('RSA-PSS', { alter: (text) => text.replace('https', 'http') }),
      ['explained', 'wrong-scheme'],
    ],
    ['with a short salt', request('RSA-PSS', { saltLength: 20 }), ['explained', 'wrong-salt-length']],
    ['without any salt', request('RSA-PSS', { saltLength: 0 }), ['explained', 'wrong-salt-length']],
    ['of PKCS1', request('RSA-PSS', { padding: 'pkcs1' }), ['explained', 'wrong-rsa-padding']],
    ['named RSA-SHA256', request('RSA-SHA256'), ['explained', 'wrong-rsa-padding']],
    ['named HMAC', request('HMAC-SHA256'), ['explained', 'rsa-named-hmac']],
    ['with SHA-512', request('RSA-PSS', { hash: 'sha512', saltLength: 64 }), ['explained', 'wrong-hash']],
    ['of another text', request('RSA-PSS', { alter: () => 'something else' }), ['unexplained']],
  ])('%s', (_what, http, expected) => {
    expect(diagnosed(http)).toEqual(expected)
  })

  it('that also opens as one of another hash, by chance', () => {
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString()
    const hasTwo = (http: HttpRequest) => {
      const sent =
        /oauth_signature="([^"]+)"/.exec(
          String(new Headers(http.headers as Record<string, string>).get('authorization')),
        )?.[1] ?? ''
      return openPssSignature(pem, Buffer.from(decodeURIComponent(sent), 'base64')).length > 1
    }
    let http: HttpRequest
    do http = request('RSA-PSS', { hash: 'sha512', saltLength: 64 })
    while (!hasTwo(http))
    expect(diagnosed(http)).toEqual(['explained', 'wrong-hash'])
  })

  it('of a modulus of any number of bits', () => {
    expect(diagnosed(request('RSA-PSS', { key: odd.privateKey }), odd.publicKey)).toEqual(['valid'])
    const http = request('RSA-SHA256', { key: odd.privateKey })
    expect(diagnosed(http, odd.publicKey)).toEqual(['explained', 'wrong-rsa-padding'])
  })

  it('and one of another key proves nothing', () => {
    expect(diagnosed(request('RSA-PSS', { key: odd.privateKey }))).toEqual([
      'unexplained',
      'another-key-pair',
    ])
  })
})
