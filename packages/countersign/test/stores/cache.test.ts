import { ConfigurationError, StoreError } from 'countersign'
import { type Cache, nonceHooks, temporaryCredentialHooks } from 'countersign/cache'
import { memoryCache } from 'countersign/memory'
import type { IoredisClient, NodeRedisClient } from 'countersign/redis'
import type { Redis } from 'ioredis'
import Keyv from 'keyv'
import type { RedisClientType } from 'redis'
import { createStorage } from 'unstorage'
import { expect, expectTypeOf, it } from 'vitest'

const record = { clientId: 'c', oauthToken: 't', timestamp: 1000, nonce: 'n', expiresAt: 1301 }
const credential = {
  clientId: 'c',
  oauthToken: 't',
  oauthTokenSecret: 's',
  oauthCallback: 'oob',
  expiresAt: 1600,
}
const grant = { userId: 7, oauthVerifier: 'v' }

it('a cache without an atomic add is a type error', () => {
  expectTypeOf<Keyv>().not.toExtend<Cache>()
  // @ts-expect-error Keyv has no add: get and then set lets parallel replays pass
  expect(() => nonceHooks(new Keyv())).toThrow(ConfigurationError)
  // @ts-expect-error nor has unstorage
  expect(() => nonceHooks(createStorage())).toThrow(ConfigurationError)
  const { add: _, ...withoutAdd } = {
    get: () => undefined,
    set: () => {},
    delete: () => true,
    add: () => true,
  }
  // @ts-expect-error nor has anything of the usual shape
  expect(() => nonceHooks(withoutAdd)).toThrow(ConfigurationError)
})

it('a client of one Redis driver is a type error where the other is expected', () => {
  expectTypeOf<Redis>().toExtend<IoredisClient>()
  expectTypeOf<RedisClientType>().toExtend<NodeRedisClient>()
  expectTypeOf<Redis>().not.toExtend<NodeRedisClient>()
  expectTypeOf<RedisClientType>().not.toExtend<IoredisClient>()
})

it.each([
  ['its window closes, and a minute for servers whose clocks differ', {}, 60],
  ['its window closes', { graceSeconds: 0 }, 0],
])('a nonce is kept until %s', async (_, options, grace) => {
  let now = 1000.9
  const clock = { now: () => now }
  const { recordNonce } = nonceHooks(memoryCache(clock), { ...clock, ...options })
  expect(await recordNonce(record)).toBe(true)
  now = 1300.99 + grace
  expect(await recordNonce(record)).toBe(false)
  now = 1302 + grace
  expect(await recordNonce(record)).toBe(true)
})

it('a nonce whose window closes while the store is slow is still recorded once', async () => {
  const clock = { now: () => 1303 }
  const { recordNonce } = nonceHooks(memoryCache(clock), clock)
  expect(await recordNonce(record)).toBe(true)
  expect(await recordNonce(record)).toBe(false)
})

it.each([
  ['milliseconds', Date.now],
  ['nothing', () => Number.NaN],
])('a clock that says %s for seconds is refused: its nonces would be forgotten at once', (_, now) => {
  expect(() => nonceHooks(memoryCache(), { now })).toThrow(ConfigurationError)
  expect(() => temporaryCredentialHooks(memoryCache(), { now })).toThrow(/seconds/)
})

it('so is one that says so later', () => {
  let time = 1_700_000_000
  const { recordNonce } = nonceHooks(memoryCache(), { now: () => time })
  time *= 1000
  expect(() => recordNonce({ ...record, expiresAt: 1_700_000_300 })).toThrow(ConfigurationError)
})

it.each(['{broken', '"text"', '5', 'null', ''])(
  'what something else wrote into the cache, %j, opens nothing and tells nothing',
  async (text) => {
    const cache = memoryCache()
    const hooks = temporaryCredentialHooks(cache, { now: () => 1000 })
    await cache.set('countersign:temporary:t', text, 60)
    expect(await hooks.getTemporaryCredential('t')).toBeUndefined()
    expect(await hooks.createAuthorizationVerifier('t', grant)).toBe(false)
  },
)

it('two applications with prefixes of their own share a cache', async () => {
  const cache = memoryCache()
  const now = () => 1000
  for (const prefix of ['a:', 'b:']) {
    const hooks = {
      ...nonceHooks(cache, { prefix, now }),
      ...temporaryCredentialHooks(cache, { prefix, now }),
    }
    expect(await hooks.recordNonce(record)).toBe(true)
    expect(await hooks.consumeTemporaryCredential('t')).toBe(false)
    await hooks.createTemporaryCredential(credential)
  }
})

it('a temporary credential that is in use is not overwritten', async () => {
  const hooks = temporaryCredentialHooks(memoryCache(), { now: () => 1000 })
  await hooks.createTemporaryCredential(credential)
  await expect(hooks.createTemporaryCredential({ ...credential, clientId: 'other' })).rejects.toThrow(
    StoreError,
  )
  expect(await hooks.getTemporaryCredential('t')).toEqual(credential)
})

it('a temporary credential is not born approved because an earlier one of its name was', async () => {
  const hooks = temporaryCredentialHooks(memoryCache(), { now: () => 1000 })
  await hooks.createTemporaryCredential(credential)
  await hooks.createAuthorizationVerifier('t', grant)
  expect(await hooks.consumeTemporaryCredential('t')).toBe(true)
  const second = { ...credential, oauthTokenSecret: 'another' }
  await hooks.createTemporaryCredential(second)
  expect(await hooks.getTemporaryCredential('t')).toEqual(second)
})

it('an approval that a denial overtakes is not reported as one', async () => {
  const cache = memoryCache()
  // The denial comes when the credential was read and the grant is about to be written.
  const overtaken: Cache = {
    get: (key) => cache.get(key),
    set: (...entry) => cache.set(...entry),
    delete: (key) => cache.delete(key),
    async add(...entry) {
      if (entry[0].includes('grant:')) await cache.delete(entry[0].replace('grant:', 'temporary:'))
      return cache.add(...entry)
    },
  }
  const hooks = temporaryCredentialHooks(overtaken, { now: () => 1000 })
  await hooks.createTemporaryCredential(credential)
  expect(await hooks.createAuthorizationVerifier('t', grant)).toBe(false)
})

it.each([
  ['a lone surrogate', '\ud800'],
  ['a digest of another', '~Z1y5kR0G7l1oKjuE8oV0y7lUqnBhNnM8T2L8h8Rk2aQ'],
  ['spaces', 'a b'],
  ['a thousand characters', 'x'.repeat(1000)],
])('a temporary credential may be named by %s', async (_, oauthToken) => {
  const hooks = temporaryCredentialHooks(memoryCache(), { now: () => 1000 })
  await hooks.createTemporaryCredential({ ...credential, oauthToken })
  expect(await hooks.createAuthorizationVerifier(oauthToken, grant)).toBe(true)
  expect(await hooks.getTemporaryCredential(oauthToken)).toEqual({ ...credential, oauthToken, ...grant })
  expect(await hooks.consumeTemporaryCredential(oauthToken)).toBe(true)
})
