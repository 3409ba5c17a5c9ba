import { createHmac, createVerify } from 'node:crypto'
import {
  asymmetric,
  type Client,
  ConfigurationError,
  OAuth1Error,
  type SignatureMethod,
  StoreError,
  sharedKey,
  symmetric,
} from 'countersign'
import { describe, expect, it } from 'vitest'
import { rsaSigner, spkiPem } from '../protocol/keys.ts'
import { client, Provider } from './provider.ts'

const hmacSha384 = symmetric(({ baseString, clientSecret, tokenSecret }) =>
  createHmac('sha384', sharedKey(clientSecret, tokenSecret)).update(baseString).digest('base64'),
)

function providerWith(name: string, method: SignatureMethod, rsaPublicKey: string | null = null): Provider {
  return new Provider({
    clients: [{ ...client, rsaPublicKey }],
    protector: { supportedSignatureMethods: [name], signatureMethods: { [name]: method } },
  })
}

function attempt(
  provider: Provider,
  name: string,
  sign: (baseString: string, key: string) => string,
): Promise<unknown> {
  return provider.protector.authenticate(provider.read({ oauth: { oauth_signature_method: name }, sign }))
}

describe('an own symmetric method', () => {
  const sign = (baseString: string, key: string) =>
    createHmac('sha384', key).update(baseString).digest('base64')

  it('accepts what it computes itself', async () => {
    await expect(attempt(providerWith('HMAC-SHA384', hmacSha384), 'HMAC-SHA384', sign)).resolves.toBeTruthy()
  })

  it('refuses another signature: it only computes, the core compares', async () => {
    const wrong = attempt(providerWith('HMAC-SHA384', hmacSha384), 'HMAC-SHA384', (text, key) =>
      sign(`${text}x`, key),
    )
    await expect(wrong).rejects.toMatchObject({ code: 'invalid_signature' })
  })

  it('may compute later, where a key service signs', async () => {
    const later = symmetric(async (input) => String(await hmacSha384.sign(input)))
    const provider = providerWith('HMAC-SHA384', later)
    await expect(attempt(provider, 'HMAC-SHA384', sign)).resolves.toBeTruthy()
    const wrong = attempt(provider, 'HMAC-SHA384', (text, key) => sign(`${text}x`, key))
    await expect(wrong).rejects.toMatchObject({ code: 'invalid_signature' })
  })

  it('that fails later lets no one in', async () => {
    const broken = providerWith(
      'X',
      symmetric(() => Promise.reject(new StoreError('The key service is down.'))),
    )
    await expect(attempt(broken, 'X', sign)).rejects.toMatchObject({ code: 'store_error' })
  })

  it('says which hash a body has', () => {
    expect(symmetric(() => '', { bodyHash: 'sha512' }).bodyHash).toBe('sha512')
    expect(asymmetric(() => true, { bodyHash: 'sha256' }).bodyHash).toBe('sha256')
    expect(hmacSha384.bodyHash).toBeUndefined()
  })

  it('sends no secret, unlike PLAINTEXT: it needs timestamp and nonce, and no TLS', async () => {
    const provider = providerWith('HMAC-SHA384', hmacSha384)
    const own = { oauth_signature_method: 'HMAC-SHA384' }
    const url = 'http://photos.example.net/photos'
    const http = provider.read({ url, oauth: own, sign })
    await expect(provider.protector.authenticate(http)).resolves.toBeTruthy()
    await expect(provider.protector.authenticate(http)).rejects.toMatchObject({ code: 'invalid_nonce' })
    for (const missing of ['oauth_nonce', 'oauth_timestamp']) {
      const without = provider.read({ oauth: { ...own, [missing]: undefined }, sign })
      await expect(provider.protector.authenticate(without)).rejects.toMatchObject({
        code: 'missing_required_parameter',
      })
    }
  })

  it.each<[string, unknown]>([
    ['true', true],
    ['a promise of true', Promise.resolve(true)],
    ['undefined', undefined],
    ['an object', {}],
  ])('that returns %s instead of text never accepts', async (_name, returned) => {
    const broken = symmetric((() => returned) as unknown as () => string)
    for (const signature of [String(returned), 'AAAA', '']) {
      await expect(attempt(providerWith('X', broken), 'X', () => signature)).rejects.toThrow()
    }
  })
})

describe('an own asymmetric method', () => {
  const verify = createVerifier()

  it.each([
    ['at once', asymmetric(verify)],
    ['later, by a promise', asymmetric(async (input) => verify(input))],
  ])('decides %s', async (_name, method) => {
    const provider = providerWith('RSA-SHA384', method, spkiPem)
    await expect(attempt(provider, 'RSA-SHA384', rsaSigner('SHA384'))).resolves.toBeTruthy()
    const wrong = attempt(provider, 'RSA-SHA384', (text) => rsaSigner('SHA384')(`${text}x`))
    await expect(wrong).rejects.toMatchObject({ code: 'invalid_signature' })
  })

  it.each<[string, unknown]>([
    ['the computed signature', 'c2lnbmF0dXJl'],
    ['a digest', Buffer.from('digest')],
    ['1', 1],
    ['an object', {}],
    ['a promise of the computed signature', Promise.resolve('c2lnbmF0dXJl')],
    ['undefined', undefined],
  ])('that returns %s instead of true never accepts', async (_name, returned) => {
    const broken = asymmetric((() => returned) as unknown as () => boolean)
    const tried = attempt(providerWith('X', broken, spkiPem), 'X', () => 'c2lnbmF0dXJl')
    await expect(tried).rejects.toMatchObject({ code: 'invalid_signature' })
  })

  it('that throws is an error of the server, not an acceptance', async () => {
    const broken = asymmetric(() => {
      throw new Error('HSM is down')
    })
    const tried = attempt(providerWith('X', broken, spkiPem), 'X', () => 'c2lnbmF0dXJl')
    await expect(tried).rejects.toThrow('HSM is down')
  })

  it('is not asked about a signature that is not base64', async () => {
    const accepting = asymmetric(() => true)
    const tried = attempt(providerWith('X', accepting, spkiPem), 'X', () => 'not base64 \u00ff')
    await expect(tried).rejects.toMatchObject({ code: 'invalid_signature' })
  })

  function createVerifier() {
    return ({ baseString, publicKey, signature }: Parameters<Parameters<typeof asymmetric>[0]>[0]): boolean =>
      createVerify('RSA-SHA384')
        .update(baseString)
        .verify(publicKey as string, signature)
  }
})

describe('an own method that fails', () => {
  /** Fails the first time, as over the stored secrets, and not again. */
  function failsOnce(error: Error) {
    let calls = 0
    return () => {
      if (++calls === 1) throw error
      return 'AAAA'
    }
  }
  const stranger = { client: { clientId: 'stranger', clientSecret: 'x' } }

  it('over the key that stands in for an unknown one is a wrong signature', async () => {
    const fails = () => {
      throw new Error('Such a key cannot be read.')
    }
    for (const method of [asymmetric(fails), asymmetric(async () => fails())]) {
      const provider = providerWith('X', method)
      const oauth = { oauth_signature_method: 'X', oauth_signature: 'AAAA' }
      for (const unsigned of [{ oauth }, { oauth, ...stranger }])
        await expect(provider.protector.authenticate(provider.read(unsigned))).rejects.toMatchObject({
          code: 'invalid_signature',
        })
    }
  })

  it('for a stranger over a secret that no client has is a failure of the server', async () => {
    const provider = providerWith('X', symmetric(failsOnce(new Error('The method is broken.'))))
    const oauth = { oauth_signature_method: 'X', oauth_signature: 'BBBB' }
    await expect(provider.protector.authenticate(provider.read({ oauth, ...stranger }))).rejects.toThrow(
      'The method is broken.',
    )
  })

  it.each([new StoreError('The vault is down.'), new OAuth1Error('invalid_request', 'Not so.')])(
    'with an error of this library hands it on: %s',
    async (error) => {
      const provider = providerWith('X', symmetric(failsOnce(error)))
      await expect(attempt(provider, 'X', () => 'BBBB')).rejects.toBe(error)
    },
  )

  it('over every key with a ConfigurationError is the fault of the key', async () => {
    const faults: unknown[] = []
    const provider = new Provider({
      clients: [{ ...client, rsaPublicKey: spkiPem }],
      protector: {
        supportedSignatureMethods: ['X'],
        signatureMethods: {
          X: asymmetric(() => {
            throw new ConfigurationError('Unusable.')
          }),
        },
        on: (event) => void (event.type === 'fault' && faults.push(event.error.message)),
      },
    })
    await expect(attempt(provider, 'X', () => 'AAAA')).rejects.toMatchObject({ code: 'invalid_signature' })
    expect(faults).toEqual(['Unusable.'])
  })

  it('later over every key is a failure of the server', async () => {
    const broken = asymmetric(() => Promise.reject(new Error('HSM is down')))
    await expect(attempt(providerWith('X', broken, spkiPem), 'X', () => 'AAAA')).rejects.toThrow(
      'HSM is down',
    )
  })
})

it('a method that accepts everything lets in no client that does not exist', async () => {
  const provider = new Provider({
    protector: {
      twoLegged: true,
      supportedSignatureMethods: ['X'],
      signatureMethods: { X: asymmetric(() => true) },
    },
  })
  const oauth = { oauth_signature_method: 'X', oauth_signature: 'AAAA' }
  const stranger = provider.sign({ url: 'https://e.com/', client: { clientId: 'stranger' }, oauth })
  await expect(provider.protector.authenticate(stranger)).rejects.toMatchObject({ code: 'invalid_signature' })
})

it.each([undefined, null])('a client with a key and the secret %s is at no fault', async (clientSecret) => {
  const faults: unknown[] = []
  const provider = new Provider({
    clients: [{ ...client, clientSecret, rsaPublicKey: spkiPem } as Client],
    protector: { on: (event) => void (event.type === 'fault' && faults.push(event)) },
  })
  await expect(provider.protector.authenticate(provider.read())).rejects.toMatchObject({
    code: 'invalid_signature',
  })
  expect(faults).toEqual([])
})

describe('registerSignatureMethod', () => {
  it('adds the method to this instance only', async () => {
    const one = new Provider({ protector: { supportedSignatureMethods: ['HMAC-SHA384'] } })
    const other = new Provider({ protector: { supportedSignatureMethods: ['HMAC-SHA384'] } })
    one.protector.registerSignatureMethod('HMAC-SHA384', hmacSha384)
    const sign = (baseString: string, key: string) =>
      createHmac('sha384', key).update(baseString).digest('base64')
    await expect(attempt(one, 'HMAC-SHA384', sign)).resolves.toBeTruthy()
    await expect(attempt(other, 'HMAC-SHA384', sign)).rejects.toThrow(ConfigurationError)
    await expect(attempt(other, 'HMAC-SHA384', sign)).rejects.toThrow(/HMAC-SHA384.*registerSignatureMethod/)
  })

  it('does not accept a method that is registered and not listed', async () => {
    const provider = new Provider()
    provider.protector.registerSignatureMethod('HMAC-SHA384', hmacSha384)
    const tried = attempt(provider, 'HMAC-SHA384', () => 'AAAA')
    await expect(tried).rejects.toMatchObject({ code: 'unsupported_signature_method', status: 400 })
  })

  it.each(['constructor', '__proto__', 'toString', 'hmac-sha1', ''])(
    'knows no method named %j',
    async (name) => {
      await expect(attempt(new Provider(), name, () => 'AAAA')).rejects.toMatchObject({ status: 400 })
    },
  )
})
