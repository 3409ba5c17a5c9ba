import { createPublicKey, createVerify, generateKeyPairSync } from 'node:crypto'
import {
  AuthorizationServer,
  asymmetric,
  type Client,
  type FaultEvent,
  type Hooks,
  type OAuth1Event,
  RecordError,
  ResourceProtector,
  StoreError,
  symmetric,
  type TokenCredential,
} from 'countersign'
import { memoryHooks } from 'countersign/memory'
import { sealedHooks, sealSecret } from 'countersign/sealed'
import { describe, expect, it, vi } from 'vitest'
import { jwk, privateJwk, privatePem, rsaSigner, spkiPem } from '../protocol/keys.ts'
import { client, consent, errorOf, Provider, token } from './provider.ts'

const keyPair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const ecPem = keyPair.publicKey.export({ type: 'spki', format: 'pem' }).toString()

/** Whatever may lie in a column or a document; TypeScript would not let it through. */
const unreadableKeys: [string, unknown][] = [
  ['text', 'not a key'],
  ['broken PEM', spkiPem.replace('MII', 'AAA')],
  ['half a PEM', spkiPem.slice(0, 100)],
  ['a private key', privatePem],
  ['a private JWK', privateJwk],
  ['an EC key', ecPem],
  ['a JWK of nothing', {}],
  ['a JWK of numbers', { kty: 'RSA', n: 5, e: 3 }],
  ['a JWK of rubbish', { kty: 'RSA', n: '!!!', e: '\u0000' }],
  ['a symmetric JWK', { kty: 'oct', k: 'AAAA' }],
  ['a modulus that is even', { ...jwk, n: `${(jwk['n'] as string).slice(0, -2)}AA` }],
  ['an exponent of 1', { ...jwk, e: 'AQ' }],
  ['a megabyte of text', 'x'.repeat(1_000_000)],
  ['JSON that is broken', '{"kty":"RSA"'],
  ['a number', 5],
  ['true', true],
  ['octets', Buffer.from(spkiPem)],
  ['a list', [spkiPem]],
]

function watched(
  own: Client,
  changes: { hooks?: (hooks: Hooks) => Partial<Hooks>; tokens?: TokenCredential[] } = {},
) {
  const events: FaultEvent[] = []
  const common = {
    on: (event: OAuth1Event) => void (event.type === 'fault' && events.push(event)),
    supportedSignatureMethods: ['HMAC-SHA1', 'RSA-SHA1', 'RSA-SHA256', 'PLAINTEXT', 'OWN'],
    signatureMethods: { OWN: asymmetric(() => true) },
  }
  const provider = new Provider({
    clients: [own],
    ...changes,
    server: common,
    protector: { ...common, twoLegged: true },
  })
  return { provider, events }
}

describe('a client whose key cannot be used is refused like all the others, and the operator is told', () => {
  it.each(unreadableKeys)('%s', async (_name, rsaPublicKey) => {
    const own = { ...client, rsaPublicKey: rsaPublicKey as string }
    const { provider, events } = watched(own)
    const sign = rsaSigner('SHA1')
    const oauth = { oauth_signature_method: 'RSA-SHA1' }
    const responses = []
    for (const clientId of ['client', 'nobody'])
      responses.push(await provider.initiate(oauth, { client: { clientId }, sign }))
    expect(responses[0]).toEqual(responses[1])
    expect([responses[0]?.status, errorOf(responses[0] as never)]).toEqual([401, 'invalid_signature'])
    await expect(provider.protector.authenticate(provider.read({ oauth, sign }))).rejects.toMatchObject({
      code: 'invalid_signature',
    })
    expect(events.map(({ type, clientId }) => [type, clientId])).toEqual([
      ['fault', 'client'],
      ['fault', 'client'],
    ])
    for (const { error } of events) expect(error.message).not.toContain('MII')
    // Its other credentials are as good as before.
    expect((await provider.initiate()).status).toBe(200)
  })

  it('an own method that fails over one key only is no failure of the server', async () => {
    const own = asymmetric(({ baseString, publicKey, signature }) =>
      createVerify('RSA-SHA384')
        .update(baseString)
        .verify(createPublicKey(publicKey as string), signature),
    )
    const later = asymmetric(async (input) => (own.kind === 'asymmetric' ? own.verify(input) : false))
    for (const method of [own, later]) {
      const { provider, events } = watched({ ...client, rsaPublicKey: 'not a key' })
      provider.protector.registerSignatureMethod('OWN', method)
      const http = provider.read({ oauth: { oauth_signature_method: 'OWN' }, sign: rsaSigner('SHA384') })
      await expect(provider.protector.authenticate(http)).rejects.toMatchObject({ code: 'invalid_signature' })
      expect(events).toMatchObject([{ type: 'fault', clientId: 'client' }])
    }
  })

  it('a symmetric method that fails over one secret only is none either; over all, it is', async () => {
    for (const [fails, expected] of [
      [(secret: string) => secret === 'secret', { code: 'invalid_signature' }],
      [() => true, { message: 'The OWN is broken.' }],
    ] as const) {
      const { provider } = watched(client)
      const method = symmetric(({ clientSecret }) => {
        if (fails(clientSecret)) throw new Error('The OWN is broken.')
        return clientSecret
      })
      provider.protector.registerSignatureMethod('OWN', method)
      const http = provider.read({ oauth: { oauth_signature_method: 'OWN' }, sign: () => 'x' })
      await expect(provider.protector.authenticate(http)).rejects.toMatchObject(expected)
    }
  })
})

describe("a field of another kind is one client's fault, and no one else sees it", () => {
  const own = (changes: object) => ({ ...client, ...changes }) as Client
  const tokenWith = (changes: object) => ({ ...token, ...changes }) as TokenCredential

  it.each<[string, Client, TokenCredential]>([
    ['a secret that is a number', own({ clientSecret: 12_345 }), token],
    ['a secret that is octets', own({ clientSecret: Buffer.from('secret') }), token],
    ['a secret that is an object', own({ clientSecret: { secret: 'secret' } }), token],
    ['a token without a secret', client, tokenWith({ oauthTokenSecret: undefined })],
    ['a token whose secret is null', client, tokenWith({ oauthTokenSecret: null })],
    ['a token whose secret is a number', client, tokenWith({ oauthTokenSecret: 5 })],
  ])('%s: 401', async (_name, own, row) => {
    for (const oauth_signature_method of ['HMAC-SHA1', 'PLAINTEXT']) {
      const { provider, events } = watched(own, { hooks: () => ({ queryToken: () => row }) })
      const http = provider.read({ oauth: { oauth_signature_method } })
      await expect(provider.protector.authenticate(http)).rejects.toMatchObject({ code: 'invalid_signature' })
      const told =
        own === client ? 'The oauthTokenSecret of a token is no text.' : 'Its clientSecret is no text.'
      expect(events).toEqual([{ type: 'fault', clientId: 'client', error: new TypeError(told) }])
    }
  })

  it.each<[string, unknown]>([
    ['a list', ['read', 'write']],
    ['a number', 5],
    ['an object', { read: true }],
  ])('a scope that is %s: 403 where one is needed, with a note to the operator', async (_name, scope) => {
    const { provider, events } = watched(client, {
      hooks: () => ({ queryToken: () => tokenWith({ scope }) }),
    })
    await expect(provider.protector.authenticate(provider.read())).resolves.toBeTruthy()
    await expect(provider.protector.authenticate(provider.read(), 'read')).rejects.toMatchObject({
      status: 403,
    })
    expect(events).toHaveLength(1)
  })

  it.each<[string, unknown, number]>([
    ['text', 'https://printer.example.com/ready', 400],
    ['an object', { 0: 'https://printer.example.com/ready' }, 400],
    ['a list with something else in it', [null, 5, 'https://printer.example.com/ready'], 200],
    ['null', null, 400],
  ])('callbacks that are %s: %s', async (_name, callbacks, status) => {
    const { provider } = watched(own({ callbacks }))
    expect((await provider.initiate()).status).toBe(status)
  })

  it.each<[string, object]>([
    ['an end that is a date, which would never come', { expiresAt: new Date(0) }],
    ['an end that is text', { expiresAt: '9999999999' }],
    ['no secret', { oauthTokenSecret: null }],
    ['no callback', { oauthCallback: undefined }],
  ])('a temporary credential with %s is as good as none', async (_name, changes) => {
    const { provider, events } = watched(client)
    const { temporary, verifier } = await provider.approved()
    const unspoilt = await provider.hooks.getTemporaryCredential(temporary.oauthToken)
    const stored = { ...unspoilt, oauthVerifier: undefined, ...changes } as never
    provider.server.registerHook('getTemporaryCredential', () => stored)
    expect((await provider.exchange(temporary, verifier)).status).toBe(401)
    await expect(provider.authorize(temporary.oauthToken, { id: 7 })).rejects.toMatchObject({ status: 401 })
    expect(events).toHaveLength(2)
  })
})

describe('a sealed secret that does not open', () => {
  const key = (fill: number) => ({ id: `k${fill}`, key: Buffer.alloc(32, fill) })
  const keys = [key(1)]
  const row = { kind: 'client', clientId: 'client' } as const
  const tokenRow = { kind: 'token', clientId: 'client', oauthToken: 'token' } as const
  const sealed = sealSecret('secret', row, { keys })
  const sealedToken = sealSecret('token-secret', tokenRow, { keys })

  it.each<[string, string, string, boolean]>([
    ['was changed', `${sealed.slice(0, -2)}AA`, sealedToken, false],
    [
      'belongs to another row',
      sealSecret('secret', { ...row, clientId: 'other' }, { keys }),
      sealedToken,
      false,
    ],
    ['is of a key that is not there', sealSecret('secret', row, { keys: [key(2)] }), sealedToken, false],
    [
      'is of a token and of a key that is not there',
      sealed,
      sealSecret('t', tokenRow, { keys: [key(2)] }),
      false,
    ],
    ['was never sealed, where that is demanded', 'secret', sealedToken, true],
  ])(
    '%s: 401 as of an unknown client, at both servers',
    async (_name, clientSecret, oauthTokenSecret, requireSealed) => {
      const events: FaultEvent[] = []
      const on = (event: OAuth1Event) => void (event.type === 'fault' && events.push(event))
      const plain = new Provider()
      const now = () => plain.now
      const store = memoryHooks({
        now,
        clients: [{ ...client, clientSecret }],
        tokens: [{ ...token, oauthTokenSecret }],
      })
      for (const late of [false, true]) {
        const slow = late ? laterHooks(store) : store
        const hooks = sealedHooks(slow, { keys, requireSealed })
        const protector = new ResourceProtector({ hooks, now, on })
        const attempts = [plain.read(), plain.read({ client: { clientId: 'nobody' } })]
        for (const http of attempts)
          await expect(protector.authenticate(http)).rejects.toMatchObject({ code: 'invalid_signature' })
        const server = new AuthorizationServer({ hooks, now, on })
        const url = 'https://photos.example.net/initiate'
        const oauth = { oauth_callback: 'oob' }
        if (clientSecret !== sealed) {
          const http = plain.sign({ method: 'POST', url, oauth })
          expect((await server.createTemporaryCredentialResponse(http)).status).toBe(401)
        }
      }
      for (const { clientId, error } of events)
        expect([clientId, error instanceof RecordError]).toEqual(['client', true])
      expect(events.length).toBeGreaterThanOrEqual(2)
    },
  )

  it('of a temporary credential: its consent page says that there is none', async () => {
    const { provider, events } = watched(client)
    const { oauthToken } = await provider.temporary()
    provider.server.registerHook('getTemporaryCredential', () => {
      throw new RecordError('client', 'It does not open.')
    })
    await expect(provider.server.checkAuthorizationRequest(consent(oauthToken))).rejects.toMatchObject({
      code: 'invalid_token',
    })
    expect(events).toHaveLength(1)
  })
})

it('a store that fails is no fault of a client: 503', async () => {
  const { provider, events } = watched(client, {
    hooks: () => ({ queryClient: () => Promise.reject(new Error('connection lost')) }),
  })
  await expect(provider.protector.authenticate(provider.read())).rejects.toThrow(StoreError)
  expect(events).toEqual([])
})

describe('the listener', () => {
  const spoilt = { ...client, clientSecret: 5 as unknown as string }

  it.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('The log is full.')
      },
    ],
    ['fails later', () => Promise.reject(new Error('The log is far away.'))],
    ['never ends', () => new Promise(() => {})],
  ])('that %s changes no response', async (_name, on) => {
    const provider = new Provider({ clients: [spoilt], protector: { on: on as () => void } })
    await expect(provider.protector.authenticate(provider.read())).rejects.toMatchObject({ status: 401 })
  })

  it('is the process where there is none: one warning for each fault, however often it is met', async () => {
    const warning = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    const provider = new Provider({ clients: [{ ...spoilt, clientId: 'warned of' }] })
    for (let n = 0; n < 3; n++)
      await provider.protector
        .authenticate(provider.read({ client: { clientId: 'warned of' } }))
        .catch(() => {})
    const text = 'The stored data of client "warned of" cannot be used: Its clientSecret is no text.'
    expect(warning.mock.calls).toEqual([[text, { type: 'CountersignWarning' }]])
    warning.mockRestore()
  })
})

/** The same hooks, each of which returns later. */
function laterHooks(hooks: Hooks): Hooks {
  const entries = Object.entries(hooks).map(([name, hook]) => [
    name,
    async (...args: never[]) => (hook as (...args: never[]) => unknown)(...args),
  ])
  return Object.fromEntries(entries)
}
