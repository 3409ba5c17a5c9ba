import { createHmac } from 'node:crypto'
import { asymmetric, type Client, symmetric } from 'countersign'
import { describe, expect, it } from 'vitest'
import { encode } from '../../../../test/support/signer.mjs'
import { pkcs1Pem, pssSigner, rsaSigner, spkiPem } from '../protocol/keys.ts'
import { Provider, token } from './provider.ts'

const all = [
  'HMAC-SHA1',
  'HMAC-SHA256',
  'HMAC-SHA512',
  'RSA-SHA1',
  'RSA-SHA256',
  'RSA-SHA512',
  'RSA-PSS',
  'PLAINTEXT',
]

function provider(client: Partial<Client>): Provider {
  return new Provider({
    clients: [{ clientId: 'client', ...client }],
    protector: { supportedSignatureMethods: all, twoLegged: true },
  })
}

/** HMAC with a key of the attacker's choice. */
function hmacWith(secret: string, tokenSecret: string) {
  return (baseString: string) =>
    createHmac('sha1', `${encode(secret)}&${encode(tokenSecret)}`)
      .update(baseString)
      .digest('base64')
}

describe.each([
  ['with a token', token],
  ['without a token', undefined],
])('%s', (_name, token) => {
  const options = token ? { token } : {}
  const tokenSecret = token?.oauthTokenSecret ?? ''

  it.each(all)('%s is accepted from a client with both kinds of key', async (method) => {
    const both = provider({ clientSecret: 'secret', rsaPublicKey: spkiPem })
    const signer = method === 'RSA-PSS' ? pssSigner(32) : rsaSigner(method.slice(4))
    const sign = method.startsWith('RSA') ? { sign: signer } : {}
    const http = both.sign({
      url: 'https://e.com/',
      oauth: { oauth_signature_method: method },
      ...options,
      ...sign,
    })
    await expect(both.protector.authenticate(http)).resolves.toHaveProperty('client.clientId', 'client')
  })

  it.each([
    ['the public key as its text', spkiPem],
    ['the public key as another PEM', pkcs1Pem],
    ['the empty text', ''],
    ['undefined', 'undefined'],
    ['null', 'null'],
  ])('HMAC keyed with %s does not pass for a client that has only an RSA key', async (_name, secret) => {
    for (const clientSecret of [undefined, null, '']) {
      const rsaOnly = provider({ clientSecret, rsaPublicKey: spkiPem })
      const forged = { url: 'https://e.com/', ...options, sign: hmacWith(secret, tokenSecret) }
      await expect(rsaOnly.protector.authenticate(rsaOnly.sign(forged))).rejects.toMatchObject({
        code: 'invalid_signature',
      })
    }
  })

  it.each(['', 'undefined', 'null', encode(spkiPem)])(
    'PLAINTEXT of %j does not pass for a client that has only an RSA key',
    async (secret) => {
      for (const clientSecret of [undefined, null, '']) {
        const rsaOnly = provider({ clientSecret, rsaPublicKey: spkiPem })
        const oauth = { oauth_signature_method: 'PLAINTEXT', oauth_signature: `${secret}&${tokenSecret}` }
        const http = rsaOnly.sign({ url: 'https://e.com/', oauth, ...options })
        await expect(rsaOnly.protector.authenticate(http)).rejects.toMatchObject({
          code: 'invalid_signature',
        })
      }
    },
  )

  it('RSA does not pass for a client that has only a secret, even with a method that accepts everything', async () => {
    const secretOnly = provider({ clientSecret: 'secret' })
    const http = secretOnly.sign({
      url: 'https://e.com/',
      oauth: { oauth_signature_method: 'RSA-SHA1' },
      sign: rsaSigner('SHA1'),
      ...options,
    })
    await expect(secretOnly.protector.authenticate(http)).rejects.toMatchObject({ code: 'invalid_signature' })
  })
})

it('an own method gets the key of its own kind and no other', async () => {
  const seen: object[] = []
  const both = new Provider({
    clients: [{ clientId: 'client', clientSecret: 'secret', rsaPublicKey: spkiPem }],
    protector: {
      supportedSignatureMethods: ['S', 'A'],
      signatureMethods: {
        S: symmetric((input) => String(seen.push(input))),
        A: asymmetric((input) => seen.push(input) > 0),
      },
    },
  })
  for (const name of ['S', 'A']) {
    const oauth = { oauth_signature_method: name, oauth_signature: 'AAAA' }
    await both.protector.authenticate(both.read({ oauth })).catch(() => undefined)
  }
  expect(seen.map((input) => Object.keys(input).sort())).toEqual([
    ['baseString', 'clientSecret', 'tokenSecret'],
    ['baseString', 'publicKey', 'signature'],
  ])
})

it('an empty client secret counts only beside the secret of a token', async () => {
  const empty = provider({ clientSecret: '' })
  const client = { clientId: 'client', clientSecret: '' }
  await expect(
    empty.protector.authenticate(empty.sign({ url: 'https://e.com/', client, token })),
  ).resolves.toBeTruthy()
  await expect(empty.protector.authenticate(empty.sign({ url: 'https://e.com/', client }))).rejects.toThrow()
})
