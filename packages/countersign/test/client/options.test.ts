import { generateKeyPairSync } from 'node:crypto'
import { ConfigurationError } from 'countersign'
import { type ClientOptions, OAuth1Client } from 'countersign/client'
import { expect, it } from 'vitest'
import { privatePem, spkiPem } from '../protocol/keys.ts'
import { keys, token } from './site.ts'

const ecKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey

const wrong: readonly (readonly [name: string, options: object, says: RegExp])[] = [
  ['no clientId', { clientSecret: 'secret' }, /needs a clientId/],
  ['an empty clientId', { ...keys, clientId: '' }, /needs a clientId/],
  ['a key of another kind', { ...keys, privateKey: ecKey }, /not a readable RSA private key/],
  ['a token without a name', { ...keys, token: { oauthTokenSecret: 's' } }, /both strings/],
  [
    'an unknown method',
    { ...keys, signatureMethod: 'HMAC-MD5' },
    /HMAC-MD5 does not exist. The methods are HMAC-SHA1, /,
  ],
  ['a method of Object', { ...keys, signatureMethod: 'constructor' }, /constructor does not exist/],
  ['HMAC without a secret', { clientId: 'client' }, /HMAC-SHA1 signs with the clientSecret/],
  [
    'PLAINTEXT without a secret',
    { clientId: 'client', signatureMethod: 'PLAINTEXT' },
    /PLAINTEXT signs with/,
  ],
  ['RSA without a key', { ...keys, signatureMethod: 'RSA-SHA256' }, /RSA-SHA256 signs with a privateKey/],
  ['a public key', { ...keys, privateKey: spkiPem }, /not a readable RSA private key/],
  [
    'a key with line ends that are none',
    { ...keys, privateKey: privatePem.replaceAll('\n', '\\n') },
    /real line ends/,
  ],
  ['an unknown place', { ...keys, place: 'footer' }, /place must be/],
  ['an unknown body hash', { ...keys, bodyHash: true }, /bodyHash must be/],
  ['a token without a secret', { ...keys, token: { oauthToken: 'token' } }, /both strings/],
  ['a negative number of retries', { ...keys, retries: -1 }, /retries must be/],
  ['a relative endpoint', { ...keys, endpoints: { token: '/token' } }, /endpoints.token must be an absolute/],
]

it.each(wrong)('refuses %s', (_, options, says) => {
  const make = () => new OAuth1Client(options as ClientOptions)
  expect(make).toThrow(ConfigurationError)
  expect(make).toThrow(says)
})

it('never quotes a key that it cannot read', () => {
  try {
    new OAuth1Client({ ...keys, privateKey: '-----BEGIN PRIVATE KEY-----\nMIIsecret' })
    expect.unreachable()
  } catch (error) {
    expect(String(error)).not.toContain('MII')
    expect(error).not.toHaveProperty('cause')
  }
})

it.each([
  ['initiate', (client: OAuth1Client) => client.requestTemporaryCredential()],
  ['authorize', async (client: OAuth1Client) => client.authorizationUrl(token)],
  ['token', (client: OAuth1Client) => client.requestToken(token, 'verifier')],
])('says which endpoint is missing: %s', async (name, call) => {
  await expect(call(new OAuth1Client(keys))).rejects.toThrow(`endpoints: { ${name}: 'https://…' }`)
})

it('takes an empty secret where it is meant', () => {
  const client = new OAuth1Client({ clientId: 'client', clientSecret: '', signatureMethod: 'PLAINTEXT' })
  expect(client.sign({ url: 'https://a.example/' }).authorization).toContain('oauth_signature="%26"')
})
