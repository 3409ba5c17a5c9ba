import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  AuthorizationServer,
  ConfigurationError,
  type Hooks,
  type OAuth1Event,
  RecordError,
  StoreError,
  type TokenCredential,
} from 'countersign'
import { memoryHooks } from 'countersign/memory'
import { reseal, type SealingOptions, sealedHooks, sealSecret, unsealSecret } from 'countersign/sealed'
import { afterAll, describe, expect, it } from 'vitest'
import { combinedOf } from '../../src/server/hooks.ts'
import { describeStore } from './suite.ts'

const directory = await mkdtemp(join(tmpdir(), 'countersign-sealed-'))
afterAll(() => rm(directory, { recursive: true, force: true }))
describeStore({
  name: 'Kysely on SQLite, sealed and cached',
  backend: new URL('backends/sealed-kysely.ts', import.meta.url),
  config: join(directory, 'sealed.db'),
})

const first = { id: 'k1', key: randomBytes(32) }
const second = { id: 'k2', key: randomBytes(32) }
const keys: SealingOptions = { keys: [first] }
const client = { kind: 'client', clientId: 'c' } as const
const token = { kind: 'token', clientId: 'c', oauthToken: 't' } as const
const credential = { clientId: 'c', oauthToken: 't', oauthTokenSecret: 'token secret', userId: 7 }
const temporary = { ...credential, oauthCallback: 'oob', expiresAt: Math.floor(Date.now() / 1000) + 600 }

describe('sealed hooks', () => {
  it('write no secret in the clear, and read what they wrote', async () => {
    const store = memoryHooks()
    const hooks = sealedHooks(store, keys)
    await hooks.createTemporaryCredential(temporary)
    expect(await hooks.createTokenCredential(credential)).toEqual(credential)

    for (const stored of [await store.getTemporaryCredential('t'), await store.queryToken('c', 't')])
      expect(stored?.oauthTokenSecret).toMatch(/^sealed1\.k1\.[\w-]+$/)
    expect(await hooks.getTemporaryCredential('t')).toMatchObject(temporary)
    expect(await hooks.queryToken('c', 't')).toEqual(credential)
  })

  it('seal exchanged secrets, and open listed ones', async () => {
    const store = memoryHooks()
    const hooks = sealedHooks(store, keys)
    await hooks.createTemporaryCredential(temporary)
    expect(await hooks.exchangeTemporaryCredential('t', credential)).toEqual(credential)
    expect((await store.queryToken('c', 't'))?.oauthTokenSecret).toMatch(/^sealed1\.k1\./)
    expect(await hooks.listTokens({ clientId: 'c' })).toEqual([credential])
    expect(await hooks.revokeToken('c', 't')).toBe(true)
    expect(await store.listTokens({})).toEqual([])
  })

  it('say of which client a listed or exchanged secret is that does not open', async () => {
    const moved = sealSecret('secret', { ...token, oauthToken: 'another' }, keys)
    const store = {
      ...memoryHooks({ tokens: [{ ...credential, oauthTokenSecret: moved }] }),
      exchangeTemporaryCredential: async (_oauthToken: string, issued: TokenCredential) => ({
        ...issued,
        oauthTokenSecret: moved,
      }),
    }
    const hooks = sealedHooks(store, keys)
    for (const call of [
      hooks.listTokens({ userId: 7 }),
      hooks.exchangeTemporaryCredential('temporary', credential),
    ]) {
      const error = await call.catch((error: unknown) => error)
      expect(error).toBeInstanceOf(RecordError)
      expect(error).toMatchObject({ clientId: 'c' })
    }
  })

  it('list the other tokens beside one that does not open, and the operator is told of it', async () => {
    const good = { ...credential, oauthTokenSecret: sealSecret('token secret', token, keys) }
    const bad = { ...credential, oauthToken: 'bad', oauthTokenSecret: good.oauthTokenSecret }
    const events: OAuth1Event[] = []
    const server = new AuthorizationServer({
      hooks: sealedHooks(memoryHooks({ tokens: [bad, good] }), keys),
      on: (event) => events.push(event),
    })
    expect(await server.listTokens({ userId: 7 })).toEqual([bad, credential])
    expect(events).toEqual([{ type: 'fault', clientId: 'c', error: expect.any(RecordError) }])
    // So that the user who ends what was granted ends all of it.
    expect(await server.revokeToken('c', 'bad')).toBe(true)
  })

  it('list nothing where a secret cannot be rewritten', async () => {
    const store = memoryHooks({ tokens: [credential] })
    const hooks = sealedHooks(store, { ...keys, replace: () => Promise.reject(new Error('read-only')) })
    await expect(hooks.listTokens({ userId: 7 }, () => expect.unreachable())).rejects.toThrow('read-only')
  })

  it('return nothing where another caller was first, as the store does', async () => {
    const hooks = sealedHooks(memoryHooks(), keys)
    expect(await hooks.exchangeTemporaryCredential('spent', credential)).toBeUndefined()
    expect(await hooks.listTokens({ clientId: 'c' })).toEqual([])
  })

  it('do not exchange in a store of which the application replaced a part', () => {
    const { createTokenCredential } = memoryHooks()
    const replaced = { ...memoryHooks(), createTokenCredential }
    expect(combinedOf(replaced, replaced.exchangeTemporaryCredential)).toBeUndefined()
    const hooks = sealedHooks(replaced, keys)
    expect(combinedOf(hooks, hooks.exchangeTemporaryCredential)).toBeUndefined()
    const whole = sealedHooks(memoryHooks(), keys)
    expect(combinedOf(whole, whole.exchangeTemporaryCredential)).toBeDefined()
    const later = { ...whole, consumeTemporaryCredential: () => true }
    expect(combinedOf(later, later.exchangeTemporaryCredential)).toBeUndefined()
  })

  it('open client secrets that the application sealed', async () => {
    const clientSecret = sealSecret('client secret', client, keys)
    const store = memoryHooks({ clients: [{ clientId: 'c', clientSecret, callbacks: ['https://a/'] }] })
    expect(await sealedHooks(store, keys).queryClient('c')).toEqual({
      clientId: 'c',
      clientSecret: 'client secret',
      callbacks: ['https://a/'],
    })
  })

  it('call the hooks of a store that is a class or an object of its own', async () => {
    const store = {
      rows: [credential],
      queryToken(_clientId: string, oauthToken: string) {
        return this.rows.find((row) => row.oauthToken === oauthToken)
      },
    }
    expect(await sealedHooks(store, keys).queryToken('c', 't')).toEqual(credential)
  })

  it.each(['sync', 'async'])('open both at once (%s)', async (kind) => {
    const response = {
      client: { clientId: 'c', clientSecret: sealSecret('client secret', client, keys) },
      token: { ...credential, oauthTokenSecret: sealSecret('token secret', token, keys) },
    }
    const { queryClientAndToken } = sealedHooks(
      { queryClientAndToken: () => (kind === 'sync' ? response : Promise.resolve(response)) },
      keys,
    )
    expect(await queryClientAndToken()).toEqual({
      client: { clientId: 'c', clientSecret: 'client secret' },
      token: credential,
    })
    const { queryClientAndToken: none } = sealedHooks({ queryClientAndToken: () => ({}) }, keys)
    expect(await none()).toEqual({})
  })

  it('leave what has no secret as it is', async () => {
    const row = { clientId: 'rsa', clientSecret: null }
    const hooks = sealedHooks({ queryClient: () => row, queryToken: () => undefined }, keys)
    expect(await hooks.queryClient()).toBe(row)
    expect(await hooks.queryToken()).toBeUndefined()
  })

  it('bring only the hooks that the store has', () => {
    const recordNonce = () => true
    expect(sealedHooks({ recordNonce } satisfies Partial<Hooks>, keys)).toEqual({ recordNonce })
  })

  it('return rows of a class as that class, and never change the row itself', async () => {
    class Token {
      clientId = 'c'
      oauthToken = 't'
      oauthTokenSecret = sealSecret('token secret', token, keys)
      user = { id: 7 }
      get name(): string {
        return `${this.user.id}`
      }
    }
    const row = new Token()
    const sealed = row.oauthTokenSecret
    const opened = await sealedHooks({ queryToken: () => row }, keys).queryToken()
    expect(opened).toBeInstanceOf(Token)
    expect([opened.name, opened.oauthTokenSecret, row.oauthTokenSecret]).toEqual([
      '7',
      'token secret',
      sealed,
    ])
    expect(JSON.parse(JSON.stringify(opened))).toMatchObject({ user: { id: 7 } })
  })
})

describe('a sealed value', () => {
  const sealed = sealSecret('secret', token, keys)

  it.each(['', 'a', '€'.repeat(1000), 'sealed1.k1.abc'])('keeps the text %j', (secret) => {
    expect(unsealSecret(sealSecret(secret, token, keys), token, keys)).toBe(secret)
  })

  it('is another each time, and has the length that a column must hold', () => {
    expect(sealSecret('secret', token, keys)).not.toBe(sealed)
    expect(sealSecret('x'.repeat(48), token, keys)).toHaveLength(113)
  })

  it.each([
    ['another client', { kind: 'token', clientId: 'other', oauthToken: 't' }],
    ['another token', { kind: 'token', clientId: 'c', oauthToken: 'other' }],
    ['a temporary credential of the same names', { kind: 'temporary', clientId: 'c', oauthToken: 't' }],
    ['the client itself', { kind: 'client', clientId: 'c' }],
    ['names that read the same together', { kind: 'token', clientId: 'ct', oauthToken: '' }],
  ] as const)('does not open in the row of %s', (_, row) => {
    expect(() => unsealSecret(sealed, row, keys)).toThrow(StoreError)
  })

  it('does not open when any one character of it was changed', () => {
    const start = 'sealed1.k1.'.length
    for (let at = start; at < sealed.length; at++) {
      const other = sealed[at] === 'A' ? 'Q' : 'A'
      const changed = sealed.slice(0, at) + other + sealed.slice(at + 1)
      expect(() => unsealSecret(changed, token, keys), `at ${at}`).toThrow(StoreError)
    }
    for (const more of ['.', '.k1', '=', ' ', '\n', 'A'])
      expect(() => unsealSecret(sealed + more, token, keys), more).toThrow(StoreError)
    for (const last of 'ABCDEFGHIJKLMNOPQRSTUVWXYZ') {
      const changed = sealed.slice(0, -1) + last
      if (changed !== sealed) expect(() => unsealSecret(changed, token, keys), last).toThrow(StoreError)
    }
    for (let end = start; end < sealed.length - 1; end++)
      expect(() => unsealSecret(sealed.slice(0, end), token, keys), `cut at ${end}`).toThrow(StoreError)
  })

  it.each([
    ['a misspelt kind', { kind: 'tokens', clientId: 'c', oauthToken: 't' }],
    ['a token without its name', { kind: 'token', clientId: 'c', token: 't' }],
    ['a client without its name', { kind: 'client', id: 'c' }],
  ])('is not made for a row that names nothing: %s', async (_, row) => {
    const wrong = row as unknown as typeof token
    expect(() => sealSecret('secret', wrong, keys)).toThrow(ConfigurationError)
    expect(() => unsealSecret(sealed, wrong, keys)).toThrow(ConfigurationError)
    await expect(reseal([{ ...wrong, stored: 'plain' }], keys).next()).rejects.toThrow(ConfigurationError)
  })

  it('says nothing of the secret when it does not open', () => {
    const wrong = { keys: [{ ...first, key: second.key }] }
    expect(() => unsealSecret(sealed, token, wrong)).toThrow(
      'The secret of a token credential of the client c does not open: it was changed, it belongs to another row, or k1 is now another key.',
    )
  })

  it('of a key that is not there says which one', () => {
    expect(() => unsealSecret(sealed, token, { keys: [second] })).toThrow(ConfigurationError)
    expect(() => unsealSecret(sealed, token, { keys: [second] })).toThrow('sealed with the key "k1"')
  })

  it.each(['sealed1.', 'sealed1.mysecret', 'sealed1.my.secret', `sealed1.a b.${'x'.repeat(40)}`])(
    'is not the plain secret %j, which only begins like one',
    (secret) => {
      expect(unsealSecret(secret, token, keys)).toBe(secret)
      expect(() => unsealSecret(secret, token, { ...keys, requireSealed: true })).toThrow(StoreError)
    },
  )
})

describe('keys', () => {
  it.each([
    ['no key', []],
    ['31 octets', [{ id: 'k', key: randomBytes(31) }]],
    ['base64 of 16 octets', [{ id: 'k', key: randomBytes(16).toString('base64') }]],
    ['a passphrase', [{ id: 'k', key: 'correct horse battery staple' }]],
    ['a variable that is not set', [{ id: 'k', key: undefined as unknown as string }]],
    ['an empty id', [{ id: '', key: randomBytes(32) }]],
    ['an id with a dot', [{ id: 'a.b', key: randomBytes(32) }]],
    ['one id twice', [first, { ...second, id: first.id }]],
  ])('%s is refused when the hooks are made', (_, keys) => {
    expect(() => sealedHooks({}, { keys })).toThrow(ConfigurationError)
  })

  it('may be octets or base64', () => {
    const text = { keys: [{ id: 'k1', key: first.key.toString('base64') }] }
    expect(unsealSecret(sealSecret('secret', token, keys), token, text)).toBe('secret')
  })

  it('rotate: the first seals, all open', () => {
    const both = { keys: [second, first] }
    expect(sealSecret('new', token, both)).toMatch(/^sealed1\.k2\./)
    expect(unsealSecret(sealSecret('old', token, keys), token, both)).toBe('old')
  })
})

describe('a migration', () => {
  it('reads rows that are not sealed yet, until that is forbidden', async () => {
    const store = memoryHooks({ clients: [{ clientId: 'c', clientSecret: 'plain' }], tokens: [credential] })
    const hooks = sealedHooks(store, keys)
    expect(await hooks.queryClient('c')).toMatchObject({ clientSecret: 'plain' })
    expect(await hooks.queryToken('c', 't')).toEqual(credential)
    const strict = sealedHooks(store, { ...keys, requireSealed: true })
    await expect(strict.queryClient('c')).rejects.toBeInstanceOf(StoreError)
    await expect(strict.queryToken('c', 't')).rejects.toBeInstanceOf(StoreError)
  })

  it('does not take an empty secret for a sealed one', async () => {
    const strict = sealedHooks(
      { queryClient: () => ({ clientId: 'c', clientSecret: '' }) },
      { ...keys, requireSealed: true },
    )
    await expect(strict.queryClient()).rejects.toBeInstanceOf(StoreError)
  })

  it.each(['sync', 'async'])(
    'can seal on read a secret that is not sealed with the first key (%s)',
    async (kind) => {
      const rows = new Map([
        ['c', 'plain'],
        ['t', sealSecret('old', token, keys)],
      ])
      const both = { keys: [second, first] }
      const store: Pick<Hooks, 'queryClient' | 'queryToken' | 'getTemporaryCredential'> = {
        queryClient: (clientId) => ({ clientId, clientSecret: rows.get('c') }),
        queryToken: () => ({ ...credential, oauthTokenSecret: rows.get('t') ?? '' }),
        getTemporaryCredential: () => ({ ...temporary, oauthTokenSecret: 'plain' }),
      }
      const replaced: string[] = []
      const hooks = sealedHooks(store, {
        ...both,
        replace(secret) {
          const id = secret.kind === 'client' ? secret.clientId : secret.oauthToken
          const write = () => {
            expect(rows.get(id)).toBe(secret.stored)
            rows.set(id, secret.resealed)
            replaced.push(id)
          }
          return kind === 'sync' ? write() : Promise.resolve().then(write)
        },
      })
      for (let read = 0; read < 2; read++) {
        expect(await hooks.queryClient('c')).toMatchObject({ clientSecret: 'plain' })
        expect(await hooks.queryToken('c', 't')).toMatchObject({ oauthTokenSecret: 'old' })
        expect(await hooks.getTemporaryCredential('t')).toMatchObject({ oauthTokenSecret: 'plain' })
      }
      // Each once; temporary credentials are gone before it would matter.
      expect(replaced).toEqual(['c', 't'])
      expect(unsealSecret(rows.get('t') ?? '', token, { keys: [second] })).toBe('old')
    },
  )

  it('a secret that cannot be rewritten is a failure of the store', async () => {
    const failing = { ...keys, replace: () => Promise.reject(new Error('read-only')) }
    const hooks = sealedHooks({ queryClient: () => ({ clientId: 'c', clientSecret: 'plain' }) }, failing)
    await expect(async () => hooks.queryClient()).rejects.toThrow('read-only')
  })

  it('seals secrets that are not sealed with the first key, and then finds nothing more', async () => {
    const both = { keys: [second, first], requireSealed: true }
    const rows = [
      { ...client, stored: 'plain', id: 1 },
      { ...token, stored: sealSecret('old', token, keys), id: 2 },
      { kind: 'temporary', clientId: 'c', oauthToken: 'u', stored: '', id: 3 },
      { ...client, stored: sealSecret('new', client, both), id: 4 },
    ] as const
    const resealed = []
    for await (const row of reseal(rows, both)) resealed.push({ ...row, stored: row.resealed })
    expect(resealed.map(({ id }) => id)).toEqual([1, 2, 3])
    expect(resealed.map((row) => unsealSecret(row.stored, row, both))).toEqual(['plain', 'old', ''])
    for await (const row of reseal(resealed, { keys: [second] })) expect.unreachable(`${row.id} again`)
  })

  it('goes on past a value that does not open, and says so at the end', async () => {
    const both = { keys: [second, first] }
    const bad = { ...token, stored: `${sealSecret('s', token, keys).slice(0, -2)}AA` }
    const good = { ...client, stored: 'plain' }
    const run = async (rows: Parameters<typeof reseal>[0]) => {
      const done: string[] = []
      const error = await (async () => {
        for await (const { stored } of reseal(rows, both)) done.push(stored)
      })().catch((error: unknown) => error)
      return { done, error }
    }
    const once = await run([bad, good])
    expect(once.done).toEqual(['plain'])
    expect(once.error).toBeInstanceOf(StoreError)
    expect(once.error).toMatchObject({ message: expect.stringMatching(/^The secret of a token credential/) })
    const twice = await run([good, bad, good, bad])
    expect(twice.done).toEqual(['plain', 'plain'])
    expect(twice.error).toMatchObject({
      message: expect.stringMatching(/^2 secrets do not open\. The secret of/),
    })
  })

  it('stops at once where a key is missing: that is no fault of one row', async () => {
    const rows = [
      { ...token, stored: sealSecret('s', token, keys) },
      { ...client, stored: 'plain' },
    ]
    await expect(reseal(rows, { keys: [second] }).next()).rejects.toThrow(ConfigurationError)
  })
})
