import * as crypto from 'node:crypto'
import type { Client, Hooks, HttpRequest, Tolerance } from 'countersign'
import { diagnoser } from 'countersign/diagnose'
import { memoryHooks } from 'countersign/memory'
import { sealedHooks, sealSecret } from 'countersign/sealed'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { jwk, rsaSigner, spkiPem } from '../protocol/keys.ts'
import { api, client, Provider, start, token } from '../server/provider.ts'

// The time of a refusal must not tell who exists. Times vary; the work that they come from is counted instead.
vi.mock('node:crypto', async (importOriginal) => {
  const real = await importOriginal<typeof import('node:crypto')>()
  return {
    ...real,
    createDecipheriv: vi.fn(real.createDecipheriv),
    createPublicKey: vi.fn(real.createPublicKey),
    hash: vi.fn(real.hash),
    timingSafeEqual: vi.fn(real.timingSafeEqual),
    verify: vi.fn(real.verify),
  }
})
const watched = [
  crypto.createDecipheriv,
  crypto.createPublicKey,
  crypto.hash,
  crypto.timingSafeEqual,
  crypto.verify,
] as const
/** A key of HMAC is prepared in a new buffer of one block. */
const alloc = vi.spyOn(Buffer, 'alloc')

beforeEach(() => vi.clearAllMocks())

/** How often each function ran for a request that is refused. */
async function work(refuse: () => Promise<unknown>): Promise<Record<string, number>> {
  vi.clearAllMocks()
  await expect(refuse()).rejects.toMatchObject({ code: 'invalid_signature' })
  const names = ['decipher', 'read key', 'hash', 'compare', 'verify']
  const counts = watched.map((each, at) => [names[at] as string, vi.mocked(each).mock.calls.length] as const)
  return {
    ...Object.fromEntries(counts),
    'prepare key': alloc.mock.calls.filter(([size]) => size === 64).length,
  }
}

const methods = ['HMAC-SHA1', 'RSA-SHA1', 'PLAINTEXT']
const asked: [string, Partial<Client>, { oauthToken: string } | undefined][] = [
  ['an unknown client', { clientId: 'nobody' }, token],
  ['an unknown token', {}, { oauthToken: 'nothing' }],
  ['both', {}, token],
  ['an unknown client without a token', { clientId: 'nobody' }, undefined],
  ['a client without a token', {}, undefined],
]

/** A request whose signature is of the right kind, and wrong. */
function wrong(method: string, own: Partial<Client>, of: { oauthToken: string } | undefined): HttpRequest {
  const sign = method === 'RSA-SHA1' ? (text: string) => rsaSigner('SHA1')(`${text}x`) : undefined
  return new Provider().sign({
    url: `${api}/photos`,
    client: { clientId: 'client', ...own, clientSecret: 'guessed-secret-1' },
    ...(of ? { token: { oauthToken: of.oauthToken, oauthTokenSecret: 'guessed' } } : {}),
    ...(sign ? { sign } : {}),
    oauth: { oauth_signature_method: method },
  })
}

function provider(own: Client, hooks: (hooks: Hooks) => Partial<Hooks> = () => ({})) {
  const common = { supportedSignatureMethods: methods, insecureTransport: true }
  return new Provider({ clients: [own], hooks, server: common, protector: { ...common, twoLegged: true } })
}

const plainClients: [string, Client][] = [
  ['with a secret', client],
  ['with a key', { ...client, clientSecret: null, rsaPublicKey: spkiPem }],
  ['with a key as a JWK', { ...client, clientSecret: null, rsaPublicKey: jwk }],
  ['with both', { ...client, rsaPublicKey: spkiPem }],
  ['with nothing', { ...client, clientSecret: null }],
]

describe.each(methods)('a refusal of %s costs the same', (method) => {
  it.each(plainClients)('whether a client %s exists or not', async (_name, own) => {
    const { protector } = provider(own)
    // An RSA key is read once, by the first who names its client.
    for (const [, changes, of] of asked) await work(() => protector.authenticate(wrong(method, changes, of)))
    const [first, ...others] = asked.filter(([, , of]) => of !== undefined)
    const expected = await work(() => protector.authenticate(wrong(method, first?.[1] ?? {}, first?.[2])))
    for (const [name, changes, of] of others)
      expect(await work(() => protector.authenticate(wrong(method, changes, of))), name).toEqual(expected)
    const alone = asked.filter(([, , of]) => of === undefined)
    const counts = []
    for (const [, changes] of alone)
      counts.push(await work(() => protector.authenticate(wrong(method, changes, undefined))))
    expect(counts[1]).toEqual(counts[0])
  })

  it('whether it is in use or was never seen before', async () => {
    const own = { ...client, rsaPublicKey: spkiPem }
    const used = provider(own)
    const refuse = (protector: Provider['protector']) =>
      work(() => protector.authenticate(wrong(method, {}, token)))
    await refuse(used.protector)
    const before = await refuse(used.protector)
    const sign = method === 'RSA-SHA1' ? { sign: rsaSigner('SHA1') } : {}
    for (let n = 0; n < 3; n++)
      await used.protector.authenticate(used.read({ ...sign, oauth: { oauth_signature_method: method } }))
    expect(await refuse(used.protector)).toEqual(before)
  })
})

describe.each(methods)('a refusal of %s that is diagnosed costs no more before its response', (method) => {
  it.each(plainClients)('with a client %s, known or not', async (_name, own) => {
    let told = () => {}
    const common = { supportedSignatureMethods: methods, insecureTransport: true, twoLegged: true }
    const explained = new Provider({
      clients: [own],
      protector: { ...common, on: () => told(), diagnose: diagnoser({ perClientAndMinute: 1_000 }) },
    })
    const silent = new Provider({ clients: [own], protector: common })
    for (const [, changes, of] of asked)
      await work(() => silent.protector.authenticate(wrong(method, changes, of)))
    for (const [name, changes, of] of asked) {
      const usual = await work(() => silent.protector.authenticate(wrong(method, changes, of)))
      const isTold = new Promise<void>((resolve) => {
        told = resolve
      })
      expect(await work(() => explained.protector.authenticate(wrong(method, changes, of))), name).toEqual(
        usual,
      )
      await isTold
    }
  })
})

describe('under every tolerance a refusal costs the same', () => {
  it.each(['HMAC-SHA1', 'RSA-SHA1'])('of %s, whether client and token exist or not', async (method) => {
    const own = { ...client, rsaPublicKey: spkiPem }
    const all: Tolerance[] = ['default-port', 'raw-order', 'joined-order', 'empty-token', 'raw-oauth-values']
    for (const policy of [{ tolerances: all }, { profiles: { old: { tolerances: all } } }]) {
      const { protector } = new Provider({
        clients: [own],
        protector: { supportedSignatureMethods: [method], ...policy },
      })
      const withToken = asked.filter(([, , of]) => of !== undefined)
      const counts = []
      for (const [, changes, of] of [...withToken, ...withToken])
        counts.push(await work(() => protector.authenticate(wrong(method, changes, of))))
      expect(new Set(counts.slice(withToken.length).map((count) => JSON.stringify(count))).size).toBe(1)
      expect(counts[0]?.['hash'] || counts[0]?.['verify']).toBeGreaterThan(1)
    }
  })
})

it('a key that is in use is prepared once', async () => {
  const own = { ...client, rsaPublicKey: spkiPem.replace('-----BEGIN', 'used\n-----BEGIN') }
  for (const method of ['HMAC-SHA1', 'RSA-SHA1']) {
    const { protector } = provider(own)
    const sign = method === 'RSA-SHA1' ? { sign: rsaSigner('SHA1') } : {}
    const usual = new Provider()
    const oauth = { oauth_signature_method: method }
    const requests = Array.from({ length: 5 }, () => usual.read({ ...sign, oauth }))
    vi.clearAllMocks()
    for (const request of requests) await protector.authenticate(request)
    expect(vi.mocked(crypto.createPublicKey).mock.calls.length).toBeLessThanOrEqual(1)
    expect(alloc.mock.calls.filter(([size]) => size === 64).length).toBeLessThanOrEqual(1)
  }
})

describe('over sealed secrets a refusal costs the same', () => {
  const options = { keys: [{ id: 'k', key: Buffer.alloc(32, 1) }] }
  const now = () => start
  const sealed = sealSecret('secret', { kind: 'client', clientId: 'client' }, options)
  const sealedToken = {
    ...token,
    oauthTokenSecret: sealSecret(
      'token-secret',
      { kind: 'token', clientId: 'client', oauthToken: 'token' },
      options,
    ),
  }

  it.each<[string, Client]>([
    ['that is sealed', { ...client, clientSecret: sealed }],
    ['that is not sealed yet', client],
    ['that does not open', { ...client, clientSecret: `${sealed.slice(0, -2)}AA` }],
    ['that has a key only', { ...client, clientSecret: null, rsaPublicKey: spkiPem }],
  ])('whether a client exists or not, the one %s', async (_name, own) => {
    const { protector } = provider(own, () =>
      sealedHooks(memoryHooks({ clients: [own], tokens: [sealedToken], now }), options),
    )
    // The first makes the value that is opened where there is none.
    await work(() => protector.authenticate(wrong('HMAC-SHA1', { clientId: 'nobody' }, token)))
    for (const of of [token, { oauthToken: 'nothing' }, undefined]) {
      const stranger = await work(() =>
        protector.authenticate(wrong('HMAC-SHA1', { clientId: 'nobody' }, of)),
      )
      const known = await work(() => protector.authenticate(wrong('HMAC-SHA1', {}, of)))
      expect(known['decipher']).toBe(of ? 2 : 1)
      expect(known).toEqual(stranger)
    }
  })
})
