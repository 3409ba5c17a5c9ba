import {
  AuthorizationServer,
  ConfigurationError,
  checkCallbackForm,
  optionsFromEnv,
  ResourceProtector,
} from 'countersign'
import { type Cache, nonceHooks, temporaryCredentialHooks } from 'countersign/cache'
import { cachedCredentials } from 'countersign/credential-cache'
import { devConsent } from 'countersign/dev'
import * as drizzle from 'countersign/drizzle/sqlite'
import {
  kyselyHooks,
  registerAuthorizationHooks,
  registerTemporaryCredentialHooks,
  retryWhenBusy,
  sweepExpired,
} from 'countersign/kysely'
import { memcachedCache, memjsCache } from 'countersign/memcached'
import { memoryCache, memoryHooks } from 'countersign/memory'
import {
  prismaHooks,
  prismaSchema,
  sweepExpired as prismaSweep,
  registerAuthorizationHooks as registerPrisma,
} from 'countersign/prisma'
import { ioredisCache, nodeRedisCache } from 'countersign/redis'
import { sealedHooks, sealSecret } from 'countersign/sealed'
import {
  clientColumns,
  registerAuthorizationHooks as registerTypeorm,
  typeormHooks,
  sweepExpired as typeormSweep,
} from 'countersign/typeorm'
import { describe, expect, it } from 'vitest'

const hooks = memoryHooks()
const cache = memoryCache()
const keys = [{ id: 'k', key: Buffer.alloc(32) }]

/** As JavaScript calls it: no compiler looks at the options. */
type Call = (options: never) => unknown
const db = { getExecutor: () => ({ adapter: { supportsReturning: true } }) } as never

const takers: [string, Call, misspelt: object, meant: string][] = [
  ['AuthorizationServer', (o) => new AuthorizationServer(o), { hook: hooks }, 'hooks'],
  ['AuthorizationServer', (o) => new AuthorizationServer(o), { tokenLenght: 20 }, 'tokenLength'],
  [
    'AuthorizationServer',
    (o) => new AuthorizationServer(o),
    { insecure_transport: true },
    'insecureTransport',
  ],
  ['AuthorizationServer', (o) => new AuthorizationServer(o), { Realm: 'x' }, 'realm'],
  ['AuthorizationServer', (o) => new AuthorizationServer(o), { origins: ['https://a'] }, 'origin'],
  [
    'AuthorizationServer',
    (o) => new AuthorizationServer(o),
    { supportedSignatureMethod: ['X'] },
    'supportedSignatureMethods',
  ],
  ['AuthorizationServer.init', (o) => new AuthorizationServer().init(o), { hook: hooks }, 'hooks'],
  ['ResourceProtector', (o) => new ResourceProtector(o), { timestampWindow: 60 }, 'timestampWindowSeconds'],
  ['ResourceProtector', (o) => new ResourceProtector(o), { towLegged: true }, 'twoLegged'],
  ['limits', (limits) => new ResourceProtector({ limits }), { maxBodyLenght: 1 }, 'maxBodyLength'],
  ['hooks', (hooks) => new ResourceProtector({ hooks }), { queryclient: () => undefined }, 'queryClient'],
  ['hooks', (hooks) => new ResourceProtector({ hooks }), { query_token: () => undefined }, 'queryToken'],
  ['hooks', (hooks) => new ResourceProtector({ hooks }), { existsNonce: () => true }, 'recordNonce'],
  ['optionsFromEnv', (o) => optionsFromEnv(o), { OAUTH1_ORIGN: 'https://a' }, 'OAUTH1_ORIGIN'],
  ['optionsFromEnv', (o) => optionsFromEnv(o), { OAUTH1_TOKEN_LENGHT: '20' }, 'OAUTH1_TOKEN_LENGTH'],
  ['issueToken', (o) => new AuthorizationServer({ hooks }).issueToken(o), { userID: 7 }, 'userId'],
  ['listTokens', (o) => new AuthorizationServer({ hooks }).listTokens(o), { clientID: 'c' }, 'clientId'],
  ['checkCallbackForm', (o) => checkCallbackForm('oob', o), { scheme: ['app'] }, 'schemes'],
  ['devConsent', (o) => devConsent(new AuthorizationServer({ hooks }), o), { user: ['ada'] }, 'users'],
  ['nonceHooks', (o) => nonceHooks(cache, o), { graceSecond: 1 }, 'graceSeconds'],
  ['temporaryCredentialHooks', (o) => temporaryCredentialHooks(cache, o), { prefx: 'a' }, 'prefix'],
  ['memoryCache', (o) => memoryCache(o), { maxEntry: 5 }, 'maxEntries'],
  ['memoryHooks', (o) => memoryHooks(o), { client: [] }, 'clients'],
  ['cachedCredentials', (o) => cachedCredentials(hooks, o), { ttlSecond: 1 }, 'ttlSeconds'],
  ['sealedHooks', (o) => sealedHooks(hooks, o), { keys, requiresSealed: true }, 'requireSealed'],
  ['sealSecret', (o) => sealSecret('s', { kind: 'client', clientId: 'c' }, o), { key: keys }, 'keys'],
  ['a sealing key', (key) => sealedHooks(hooks, { keys: [key] }), { id: 'k', keys: Buffer.alloc(32) }, 'key'],
  ['kyselyHooks', (o) => kyselyHooks(db, o), { table: {} }, 'tables'],
  ['kysely tables', (tables) => kyselyHooks(db, { tables }), { clients: 'app' }, 'client'],
  [
    'kysely register',
    (t) => registerAuthorizationHooks(new AuthorizationServer(), db, t),
    { nonces: 'n' },
    'nonce',
  ],
  ['kysely transactions', (o) => kyselyHooks(db, o), { transaction: false }, 'transactions'],
  [
    'kysely register temporary',
    (o) => registerTemporaryCredentialHooks(new AuthorizationServer(), db, 'temporary', o),
    { Now: () => 1 },
    'now',
  ],
  ['retryWhenBusy', (o) => retryWhenBusy({} as never, o), { second: 1 }, 'seconds'],
  ['kysely sweep', (o) => sweepExpired(db, o), { limits: 1 }, 'limit'],
  ['drizzleHooks', (o) => drizzle.drizzleHooks(db, {}, o), { Now: () => 1 }, 'now'],
  ['drizzle tables', (t) => drizzle.drizzleHooks(db, t), { nonces: {} }, 'nonce'],
  ['drizzle sweep', (o) => drizzle.sweepExpired(db, o), { graceSecs: 1 }, 'graceSeconds'],
  ['drizzle sweep tables', (tables) => drizzle.sweepExpired(db, { tables }), { nonces: {} }, 'nonce'],
  ['drizzle transactions', (o) => drizzle.drizzleHooks(db, {}, o), { transaction: false }, 'transactions'],
  [
    'drizzle register',
    (t) => drizzle.registerAuthorizationHooks(new AuthorizationServer(), db, t),
    { nonces: {} },
    'nonce',
  ],
  [
    'prismaHooks',
    (o) => prismaHooks({ client: {}, tokenCredential: {} } as never, o),
    { findTokens: () => null },
    'findToken',
  ],
  ['prisma register', (m) => registerPrisma(new AuthorizationServer(), m), { nonces: {} }, 'nonce'],
  ['prisma transaction', (o) => prismaHooks({} as never, o), { transactions: () => null }, 'transaction'],
  ['prisma models', (m) => prismaHooks(m), { clients: {} }, 'client'],
  ['prisma sweep', (o) => prismaSweep({}, o), { lmit: 1 }, 'limit'],
  ['prismaSchema', (o) => prismaSchema(o), { users: 'User' }, 'user'],
  ['typeormHooks', (o) => typeormHooks(db, {} as never, o), { know: () => 1 }, 'now'],
  ['typeorm entities', (e) => typeormHooks(db, e), { tokenCredentials: class {} }, 'tokenCredential'],
  ['typeorm sweep', (o) => typeormSweep(db, o), { limitt: 1 }, 'limit'],
  ['typeorm sweep entities', (entities) => typeormSweep(db, { entities }), { nonces: class {} }, 'nonce'],
  [
    'typeorm register',
    (e) => registerTypeorm(new AuthorizationServer(), db, e),
    { nonces: class {} },
    'nonce',
  ],
  ['typeorm columns', (o) => clientColumns(o), { colation: 'x' }, 'collation'],
]

describe('a misspelt option is refused with the name that was meant', () => {
  it.each(takers)('%s', async (_name, take, misspelt, meant) => {
    const taken = async () => take(misspelt as never)
    await expect(taken()).rejects.toThrow(ConfigurationError)
    await expect(taken()).rejects.toThrow(new RegExp(`Did you mean ${meant}\\?`))
  })

  it.each(takers)('%s takes options as an object only', async (_name, take) => {
    for (const wrong of ['text', 5, true, [1]])
      await expect((async () => take(wrong as never))()).rejects.toThrow(Error)
  })
})

it('an option that is like none is told which there are', () => {
  const options = { frobnicate: true } as object
  expect(() => new AuthorizationServer(options)).toThrow(/no option "frobnicate".*realm/)
})

it('undefined is absent, whatever its name', () => {
  expect(() => new AuthorizationServer({ hook: undefined } as object)).not.toThrow()
})

describe('registerHook', () => {
  const server = new AuthorizationServer()
  it.each([
    ['queryclient', 'queryClient'],
    ['query_client', 'queryClient'],
    ['QueryToken', 'queryToken'],
    ['recordNonces', 'recordNonce'],
    ['exists_nonce', 'recordNonce'],
    ['delete_temporary_credential', 'consumeTemporaryCredential'],
    ['createTokenCredentials', 'createTokenCredential'],
    ['queryClientToken', 'queryClientAndToken'],
  ])('%s: did you mean %s?', (name, meant) => {
    expect(() => server.registerHook(name as 'queryClient', () => undefined)).toThrow(
      `Did you mean ${meant}?`,
    )
  })

  it.each([undefined, null, 'queryClient', {}, 5])('refuses %j for a function', (hook) => {
    expect(() => server.registerHook('queryClient', hook as never)).toThrow(/queryClient must be a function/)
  })

  it('refuses names that an object has by itself', () => {
    for (const name of ['constructor', '__proto__', 'toString'])
      expect(() => server.registerHook(name as 'queryClient', () => undefined)).toThrow(ConfigurationError)
  })
})

it('a store may have more to it than hooks', () => {
  const store = { ...hooks, forget: () => {}, queryTokens: () => [], close: () => {}, name: 'mine' }
  expect(() => new AuthorizationServer({ hooks: store })).not.toThrow()
})

describe('a cache or a client that lacks a function is refused at once', () => {
  const half = { get: () => undefined, set: () => {}, delete: () => true }
  it.each<[string, () => unknown, string]>([
    ['nonceHooks', () => nonceHooks(half as unknown as Cache), 'add'],
    ['temporaryCredentialHooks', () => temporaryCredentialHooks(half as unknown as Cache), 'add'],
    ['no cache at all', () => nonceHooks(undefined as unknown as Cache), 'undefined'],
    ['nodeRedisCache', () => nodeRedisCache({} as never), 'get, set, del'],
    ['ioredisCache', () => ioredisCache('redis://localhost' as never), 'redis://localhost'],
    ['memjsCache', () => memjsCache(undefined as never), 'undefined'],
    ['memcachedCache', () => memcachedCache({ get() {} } as never), 'del'],
  ])('%s', (_name, make, named) => {
    expect(make).toThrow(ConfigurationError)
    expect(make).toThrow(named)
  })
})

describe('a sweep that is not told what to sweep says so', () => {
  it.each<[string, (options: never) => Promise<number>, string]>([
    ['drizzle', (options) => drizzle.sweepExpired(db, options), 'tables'],
    ['typeorm', (options) => typeormSweep(db, options), 'entities'],
  ])('%s', async (_name, sweep, named) => {
    for (const options of [undefined, {}, { limit: 5 }])
      await expect(sweep(options as never)).rejects.toThrow(new RegExp(`needs the option ${named}`))
  })
})
