import { nonceKey } from 'countersign'
import { nonceHooks } from 'countersign/cache'
import { memcachedCache, memjsCache } from 'countersign/memcached'
import Memcached from 'memcached'
import memjs from 'memjs'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { available } from '../services.ts'
import { startMemcached } from './private-server.ts'
import { describeStore } from './suite.ts'

const quiet = { log: () => {} }

if (await available('memcached')) {
  for (const [driver, backend] of [
    ['memjs', 'backends/memcached-memjs.ts'],
    ['memcached', 'backends/memcached-callbacks.ts'],
  ] as const) {
    const server = await startMemcached('-M')
    afterAll(server.close)
    describeStore({
      name: `memcached through ${driver}`,
      backend: new URL(backend, import.meta.url),
      config: `127.0.0.1:${server.port}`,
    })
  }

  const small = await startMemcached('-M', '-m', '1', '-I', '512k')
  const memjsClient = memjs.Client.create(`127.0.0.1:${small.port}`, { retries: 1, logger: quiet })
  const memcachedClient = new Memcached(`127.0.0.1:${small.port}`, { retry: 1 })
  afterAll(async () => {
    memjsClient.close()
    memcachedClient.end()
    await small.close()
  })

  describe.each([
    ['memjs', memjsCache(memjsClient)],
    ['memcached', memcachedCache(memcachedClient)],
  ] as const)('the limits of memcached (%s)', (driver, cache) => {
    it.each([
      ['spaces', 'a key'],
      ['line breaks', 'key\r\nset other 0 0 1\r\n1'],
      ['more than 250 octets', 'k'.repeat(251)],
      ['letters outside ASCII', 'ключ'.repeat(60)],
    ])('keys with %s are kept apart all the same', async (_, key) => {
      const keys = [`${driver}${key}`, `${driver}${key}'`, `${driver}${key}"`]
      for (const key of keys) expect(await cache.add(key, key, 60)).toBe(true)
      for (const key of keys) expect(await cache.add(key, '', 60)).toBe(false)
      for (const key of keys) expect(await cache.get(key)).toBe(key)
      for (const key of keys) expect(await cache.delete(key)).toBe(true)
      for (const key of keys) expect(await cache.get(key)).toBeUndefined()
    })

    it.each([
      ['30 days and a second', 30 * 86_400 + 1],
      ['a hundred years', 100 * 365 * 86_400],
    ])('an entry may live for %s', async (name, ttlSeconds) => {
      const key = `${driver}:${ttlSeconds}`
      await cache.set(key, name, ttlSeconds)
      expect(await cache.get(key)).toBe(name)
    })

    it('no entry may live for ever by mistake', async () => {
      for (const ttlSeconds of [0, -1, Number.NaN])
        await expect(cache.add(`${driver}:forever`, '', ttlSeconds)).rejects.toThrow('cannot be stored')
    })

    it('values keep their text', async () => {
      for (const value of ['', '{"a":"é\\n🗝"}', '12', 'true'])
        expect([await cache.set(`${driver}:value`, value, 60), await cache.get(`${driver}:value`)]).toEqual([
          undefined,
          value,
        ])
    })

    it('a value that is too large is an error', async () => {
      const large = 'x'.repeat(600_000)
      await expect(cache.set(`${driver}:large`, large, 60)).rejects.toThrow()
      await expect(cache.add(`${driver}:large`, large, 60)).rejects.toThrow()
      await vi.waitFor(async () => expect(await cache.get(`${driver}:large`)).toBeUndefined())
    })
  })

  it('a full memcached that was started with -M refuses new nonces and keeps the old ones', async () => {
    const cache = memjsCache(memjsClient)
    const hooks = nonceHooks(cache)
    const expiresAt = Math.floor(Date.now() / 1000) + 600
    const record = (n: number) => ({ clientId: 'c', oauthToken: 't', timestamp: 1, nonce: `${n}`, expiresAt })
    let kept = 0
    const fill = async () => {
      for (; kept < 1_000_000; kept++) expect(await hooks.recordNonce(record(kept))).toBe(true)
    }
    await expect(fill()).rejects.toThrow('Out of memory')
    expect(kept).toBeGreaterThan(0)
    for (let n = 0; n < kept; n++)
      expect(await cache.get(`countersign:nonce:${nonceKey(record(n))}`)).toBe('')
    await expect(hooks.recordNonce(record(0))).rejects.toThrow('Out of memory')
  })
}
