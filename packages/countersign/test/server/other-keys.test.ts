import { createHmac, generateKeyPairSync } from 'node:crypto'
import {
  asymmetric,
  type Client,
  type OAuth1Event,
  type RsaPublicKeys,
  splitRsaPublicKeys,
  symmetric,
  verifySignature,
} from 'countersign'
import { cachedCredentials } from 'countersign/credential-cache'
import { diagnoser } from 'countersign/diagnose'
import { memoryHooks } from 'countersign/memory'
import { sealedHooks, sealSecret } from 'countersign/sealed'
import { describe, expect, it } from 'vitest'
import { jwk, rsaSigner, spkiPem } from '../protocol/keys.ts'
import { api, client, credentials, errorOf, Provider, token } from './provider.ts'

const others = ['older', 'oldest', 'first of all']
const rotated: Client = { ...client, otherClientSecrets: others }
const strange = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey
const strangePem = strange.export({ type: 'spki', format: 'pem' }).toString()
const methods = ['HMAC-SHA1', 'HMAC-SHA256', 'PLAINTEXT', 'RSA-SHA1']

function watched(own: Client, options: object = {}) {
  const events: OAuth1Event[] = []
  const common = {
    supportedSignatureMethods: [...methods, 'OWN'],
    signatureMethods: { OWN: symmetric(() => 'own') },
    on: (event: OAuth1Event) => void events.push(event),
    ...options,
  }
  const provider = new Provider({
    clients: [own],
    server: { ...common, xAuth: false },
    protector: { ...common, twoLegged: true },
  })
  return { provider, events }
}

const signedWith = (clientSecret: string) => ({ client: { clientId: 'client', clientSecret } })

describe('each secret of a client is as good as its first', () => {
  const cases = methods.slice(0, 3).flatMap((method) => others.map((secret) => [method, secret] as const))
  it.each(cases)('%s with the secret "%s", at every endpoint', async (method, secret) => {
    const { provider } = watched(rotated)
    const oauth = { oauth_signature_method: method }
    const by = signedWith(secret)
    const temporary = credentials(await provider.initiate(oauth, by))
    const { location = '' } = (await provider.authorize(temporary.oauthToken, { id: 7 })).headers
    const verifier = new URL(location).searchParams.get('oauth_verifier') ?? ''
    const issued = credentials(await provider.exchange(temporary, verifier, { oauth, ...by }))
    const read = provider.read({ oauth, ...by, token: issued })
    const { keyIndex, client: shown } = await provider.protector.authenticate(read)
    expect(keyIndex).toBe(1 + others.indexOf(secret))
    expect(shown).not.toHaveProperty('otherClientSecrets')
    const alone = provider.read({ oauth, ...by, token: undefined })
    expect((await provider.protector.authenticateClient(alone)).keyIndex).toBe(keyIndex)
    const revocation = provider.sign({ method: 'POST', url: `${api}/revoke`, token: issued, oauth, ...by })
    expect((await provider.server.revoke.handle(revocation)).status).toBe(200)
  })

  it('the first works on, and any other text does not', async () => {
    const { provider } = watched(rotated)
    for (const oauth_signature_method of methods.slice(0, 3)) {
      const oauth = { oauth_signature_method }
      expect((await provider.protector.authenticate(provider.read({ oauth }))).keyIndex).toBe(0)
      for (const wrong of ['', 'old', 'older ', others.join(','), 'undefined'])
        await expect(
          provider.protector.authenticate(provider.read({ oauth, ...signedWith(wrong) })),
        ).rejects.toMatchObject({ code: 'invalid_signature' })
    }
  })

  it('the event says which, where it was not the first', async () => {
    const { provider, events } = watched(rotated)
    await provider.protector.authenticate(provider.read())
    await provider.protector.authenticate(provider.read(signedWith('oldest')))
    expect(events.map((event) => 'keyIndex' in event && event.keyIndex)).toEqual([false, 2])
    expect(JSON.stringify(events)).not.toContain('oldest')
  })

  it('a client that has only other secrets, and one that has none of them', async () => {
    const { provider } = watched({ ...rotated, clientSecret: null })
    await expect(provider.protector.authenticate(provider.read(signedWith('older')))).resolves.toBeTruthy()
    await expect(provider.protector.authenticate(provider.read())).rejects.toThrow('does not match')
    for (const otherClientSecrets of [null, undefined, []]) {
      const { provider, events } = watched({ ...client, otherClientSecrets })
      await expect(provider.protector.authenticate(provider.read())).resolves.toMatchObject({ keyIndex: 0 })
      await expect(provider.protector.authenticate(provider.read(signedWith('older')))).rejects.toThrow()
      expect(events.filter(({ type }) => type === 'fault')).toEqual([])
    }
  })

  it('an empty other secret signs nothing', async () => {
    const { provider } = watched({ ...client, otherClientSecrets: [''] })
    for (const oauth_signature_method of ['HMAC-SHA1', 'PLAINTEXT'])
      await expect(
        provider.protector.authenticate(
          provider.read({ oauth: { oauth_signature_method }, ...signedWith('') }),
        ),
      ).rejects.toMatchObject({ code: 'invalid_signature' })
  })

  it('a replay is a replay, whichever secret signed it', async () => {
    const { provider } = watched(rotated)
    const nonce = { oauth_nonce: 'once' }
    await provider.protector.authenticate(provider.read({ oauth: nonce, ...signedWith('older') }))
    await expect(provider.protector.authenticate(provider.read({ oauth: nonce }))).rejects.toMatchObject({
      code: 'invalid_nonce',
    })
  })

  it('verifySignature takes them as well', async () => {
    const request = new Provider().read({ token: undefined, ...signedWith('older') })
    const now = () => 1_700_000_000
    const keys = { clientSecret: 'secret', otherClientSecrets: ['older'] }
    await expect(verifySignature(request, { client: keys }, { now })).resolves.toMatchObject({
      clientId: 'client',
    })
    await expect(verifySignature(request, { client: 'secret' }, { now })).rejects.toThrow('does not match')
  })

  it('a tolerated departure is tried with each', async () => {
    const { provider } = watched({ ...rotated, policy: { tolerances: ['default-port'] } })
    const sign = (base: string) => {
      const departing = base.replace('photos.example.net%2F', 'photos.example.net%3A443%2F')
      return createHmac('sha1', 'older&token-secret').update(departing).digest('base64')
    }
    const read = provider.read({ sign })
    await expect(provider.protector.authenticate(read)).resolves.toMatchObject({ keyIndex: 1 })
  })
})

describe('what is tried', () => {
  /** The secrets that a method was asked to sign with. */
  function tried(own: Client) {
    const secrets: string[] = []
    const method = symmetric(({ clientSecret }) => {
      secrets.push(clientSecret)
      return `signature of ${clientSecret}`
    })
    const { provider } = watched(own, { signatureMethods: { OWN: method } })
    const read = async (clientId: string, secret: string) => {
      secrets.length = 0
      const http = provider.read({
        client: { clientId, clientSecret: secret },
        oauth: { oauth_signature_method: 'OWN' },
        sign: () => `signature of ${secret}`,
      })
      return provider.protector.authenticate(http).then(
        () => true,
        () => false,
      )
    }
    return { secrets, read }
  }

  it('every secret, whichever of them holds', async () => {
    const { secrets, read } = tried(rotated)
    for (const secret of ['secret', ...others]) {
      expect(await read('client', secret)).toBe(true)
      expect(secrets).toEqual(['secret', ...others])
    }
  })

  it('one, for a client that has one', async () => {
    const { secrets, read } = tried(client)
    expect([await read('client', 'secret'), secrets]).toEqual([true, ['secret']])
    expect([await read('client', 'wrong'), secrets]).toEqual([false, ['secret']])
    expect([await read('nobody', 'wrong'), secrets.length]).toEqual([false, 1])
  })

  it('as many for a stranger as for the client with the most secrets', async () => {
    const { secrets, read } = tried(rotated)
    expect([await read('client', 'wrong'), secrets.length]).toEqual([false, 4])
    expect([await read('nobody', 'wrong'), secrets.length]).toEqual([false, 4])
    expect(new Set(secrets).size).toBe(4)
  })

  it('three others at most, and the operator hears of more', async () => {
    const { provider, events } = watched({ ...client, otherClientSecrets: [...others, 'fourth'] })
    await expect(
      provider.protector.authenticate(provider.read(signedWith('first of all'))),
    ).resolves.toBeTruthy()
    await expect(provider.protector.authenticate(provider.read(signedWith('fourth')))).rejects.toThrow()
    expect(events.filter(({ type }) => type === 'fault')).toMatchObject([
      { clientId: 'client', error: { message: 'Its otherClientSecrets holds more than 3.' } },
      { clientId: 'client' },
    ])
  })

  it.each<[string, unknown]>([
    ['text', 'older'],
    ['a list of numbers', [5]],
    ['an object', { 0: 'older' }],
    ['true', true],
  ])('other secrets that are %s are a fault, and the first works on', async (_name, given) => {
    const { provider, events } = watched({ ...client, otherClientSecrets: given as string[] })
    await expect(provider.protector.authenticate(provider.read())).resolves.toBeTruthy()
    await expect(provider.protector.authenticate(provider.read(signedWith('older')))).rejects.toMatchObject({
      code: 'invalid_signature',
    })
    expect(events.filter(({ type }) => type === 'fault').length).toBeGreaterThan(0)
  })

  it('a method that promises is waited for', async () => {
    const later = symmetric(async ({ clientSecret }) => `later ${clientSecret}`)
    const { provider } = watched(rotated, { signatureMethods: { OWN: later } })
    const read = (secret: string) =>
      provider.protector.authenticate(
        provider.read({ oauth: { oauth_signature_method: 'OWN' }, sign: () => `later ${secret}` }),
      )
    await expect(read('oldest')).resolves.toMatchObject({ keyIndex: 2 })
    await expect(read('wrong')).rejects.toMatchObject({ code: 'invalid_signature' })
  })
})

describe('several RSA keys', () => {
  const oauth = { oauth_signature_method: 'RSA-SHA1' }
  const sign = rsaSigner('SHA1')
  const bundles: [string, RsaPublicKeys, number][] = [
    ['two PEM blocks, the new one first', `${spkiPem}${strangePem}`, 0],
    ['two PEM blocks, the new one last', `${strangePem}${spkiPem}`, 1],
    ['blocks with words between them', `Old:\n${strangePem}\nNew:\r\n${spkiPem}\n`, 1],
    ['a JWK set', { keys: [strange.export({ format: 'jwk' }), jwk] as never }, 1],
    ['five keys', strangePem.repeat(4) + spkiPem, 4],
    [
      'one that cannot be read beside it',
      `-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n${spkiPem}`,
      1,
    ],
    ['one of another kind beside it', { keys: [{ kty: 'oct', k: 'AAAA' }, jwk] as never }, 1],
    ['half a block beside it', `${spkiPem.slice(0, 90)}\n${spkiPem}`, 1],
  ]

  it.each(bundles)('%s', async (name, rsaPublicKey, keyIndex) => {
    const { provider, events } = watched({ ...client, rsaPublicKey })
    const read = provider.read({ oauth, sign })
    await expect(provider.protector.authenticate(read)).resolves.toMatchObject({ keyIndex })
    expect((await provider.initiate(oauth, { sign })).status).toBe(200)
    const faults = events.filter(({ type }) => type === 'fault').length
    expect(faults).toBe(/beside/.test(name) ? 2 : 0)
    const forged = provider.read({ oauth, sign: () => Buffer.alloc(256, 7).toString('base64') })
    await expect(provider.protector.authenticate(forged)).rejects.toMatchObject({ code: 'invalid_signature' })
  })

  it.each<[string, RsaPublicKeys]>([
    ['a sixth key', strangePem.repeat(5) + spkiPem],
    ['an empty set', { keys: [] }],
    [
      'a private key among public ones',
      `${spkiPem}-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----`,
    ],
  ])('%s does not count', async (_name, rsaPublicKey) => {
    const { provider, events } = watched({ ...client, rsaPublicKey })
    await expect(provider.protector.authenticate(provider.read({ oauth, sign }))).rejects.toMatchObject({
      code: 'invalid_signature',
    })
    expect(events.some(({ type }) => type === 'fault')).toBe(true)
  })

  it('of certificates the first counts: the others are its chain', () => {
    const certificate = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'
    const issuer = '-----BEGIN X509 CERTIFICATE-----\nBBBB\n-----END X509 CERTIFICATE-----\n'
    expect(splitRsaPublicKeys(certificate + issuer)).toEqual([certificate])
    expect(splitRsaPublicKeys(`leaf\n${certificate}${spkiPem}${issuer}`)).toEqual([certificate, spkiPem])
  })

  it('as many are tried for a stranger as for the client with the most keys', async () => {
    let tries = 0
    const counted = asymmetric(() => {
      tries++
      return false
    })
    const { provider } = watched(
      { ...client, rsaPublicKey: spkiPem + strangePem + strangePem },
      { signatureMethods: { OWN: counted } },
    )
    for (const clientId of ['client', 'nobody']) {
      tries = 0
      const http = provider.read({ client: { clientId }, oauth: { oauth_signature_method: 'OWN' }, sign })
      await expect(provider.protector.authenticate(http)).rejects.toThrow()
      expect([clientId, tries]).toEqual([clientId, 3])
    }
  })
})

describe('what lies between the store and the servers', () => {
  const keys = [{ id: '2026', key: Buffer.alloc(32, 7) }]
  const row = { kind: 'client', clientId: 'client' } as const
  const sealed: Client = {
    ...rotated,
    clientSecret: sealSecret('secret', row, { keys }),
    otherClientSecrets: others.map((secret) => sealSecret(secret, row, { keys })),
  }

  it('sealed hooks open the other secrets', async () => {
    const hooks = sealedHooks(memoryHooks({ clients: [sealed] }), { keys, requireSealed: true })
    expect(await hooks.queryClient('client')).toEqual(rotated)
    const alone = sealedHooks(memoryHooks({ clients: [{ ...sealed, clientSecret: null }] }), { keys })
    expect(await alone.queryClient('client')).toEqual({ ...rotated, clientSecret: null })
  })

  it('and refuse a client whose other secret is of another row', async () => {
    const moved = sealSecret('older', { kind: 'client', clientId: 'else' }, { keys })
    const hooks = sealedHooks(memoryHooks({ clients: [{ ...sealed, otherClientSecrets: [moved] }] }), {
      keys,
    })
    await expect(hooks.queryClient('client')).rejects.toMatchObject({ code: 'record_error' })
  })

  it('what an older key sealed is told to be replaced', async () => {
    const newer = { id: '2027', key: Buffer.alloc(32, 8) }
    const told: string[] = []
    const hooks = sealedHooks(memoryHooks({ clients: [sealed] }), {
      keys: [newer, ...keys],
      replace: ({ stored }) => void told.push(stored),
    })
    await hooks.queryClient('client')
    expect(told.toSorted()).toEqual([sealed.clientSecret, ...(sealed.otherClientSecrets ?? [])].toSorted())
  })

  it('the credential cache keeps them, and forgets them', async () => {
    let own: Client = rotated
    const store = { ...memoryHooks(), queryClient: () => own }
    const cached = cachedCredentials(store)
    expect(await cached.queryClient('client')).toEqual(rotated)
    own = client
    expect(await cached.queryClient('client')).toEqual(rotated)
    cached.forget('client')
    expect(await cached.queryClient('client')).toEqual(client)
  })

  it('a diagnosis tries each secret', async () => {
    const { provider, events } = watched(rotated, { diagnose: diagnoser() })
    const read = provider.read({ ...signedWith('older'), token: { ...token, oauthTokenSecret: '' } })
    await expect(provider.protector.authenticate(read)).rejects.toMatchObject({ code: 'invalid_signature' })
    await expect.poll(() => events.length).toBe(1)
    expect(events[0]).toMatchObject({
      clientId: 'client',
      diagnosis: { outcome: 'explained', causes: [{ code: 'token-secret-missing' }] },
    })
  })

  it('and each key', async () => {
    const { provider, events } = watched(
      { ...client, rsaPublicKey: strangePem + spkiPem },
      { diagnose: diagnoser() },
    )
    const oauth = { oauth_signature_method: 'RSA-SHA1' }
    const read = provider.read({ oauth, sign: rsaSigner('SHA256') })
    await expect(provider.protector.authenticate(read)).rejects.toMatchObject({ code: 'invalid_signature' })
    await expect.poll(() => events.length).toBe(1)
    expect(events[0]).toMatchObject({ clientId: 'client', diagnosis: { causes: [{ code: 'wrong-hash' }] } })
  })
})

it('a refusal says the same of every client', async () => {
  const { provider } = watched(rotated)
  const refusals = []
  for (const clientId of ['client', 'nobody'])
    refusals.push(await provider.initiate({}, { client: { clientId, clientSecret: 'wrong' } }))
  expect(refusals[0]).toEqual(refusals[1])
  expect(errorOf(refusals[0] as never)).toBe('invalid_signature')
})
