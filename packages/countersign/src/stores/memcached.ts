/**
 * memcached as a cache, through memjs or the `memcached` package.
 *
 * @example
 * ```ts
 * import { memjsCache } from 'countersign/memcached'
 *
 * const hooks = { ...kyselyHooks(db), ...nonceHooks(memjsCache(client)) }
 * ```
 *
 * @module
 */

import { sha256Base64Url } from '../crypto/digest.ts'
import { ConfigurationError, StoreError } from '../errors.ts'
import { objectWith, shown } from '../server/option-kinds.ts'
import type { Cache } from './cache.ts'

/** The subset of a memjs client that countersign uses. */
export interface MemjsClient {
  get(key: string): Promise<{ readonly value: Uint8Array | string | null }>
  set(key: string, value: string, options: { readonly expires: number }): Promise<boolean>
  add(key: string, value: string, options: { readonly expires: number }): Promise<boolean>
  delete(key: string): Promise<boolean>
}

type Callback = (error: unknown, reply: unknown) => void

/** The subset of a client of the `memcached` package that countersign uses. */
export interface MemcachedClient {
  get(key: string, callback: Callback): void
  set(key: string, value: string, lifetime: number, callback: Callback): void
  add(key: string, value: string, lifetime: number, callback: Callback): void
  del(key: string, callback: Callback): void
}

/**
 * memcached through memjs. A memcached that runs out of memory evicts entries early, and with a nonce the protection
 * against its replay: start it with `-M`, so that it refuses new entries instead.
 *
 * @example
 * ```ts
 * const cache = memjsCache(Client.create('127.0.0.1:11211', { retries: 1 }))
 * ```
 */
export function memjsCache(client: MemjsClient): Cache {
  check('memjsCache', client, 'delete')
  return {
    async get(key) {
      const { value } = await client.get(cacheKey(key))
      return value === null || typeof value === 'string' ? (value ?? undefined) : utf8.decode(value)
    },
    async set(key, value, ttlSeconds) {
      if (!yesOrNo(await client.set(cacheKey(key), value, { expires: expiry(ttlSeconds) }))) throw refused()
    },
    add: async (key, value, ttlSeconds) =>
      yesOrNo(await client.add(cacheKey(key), value, { expires: expiry(ttlSeconds) })),
    delete: async (key) => yesOrNo(await client.delete(cacheKey(key))),
  }
}

/**
 * memcached through the callbacks of the `memcached` package. Start the server with `-M`: see `memjsCache`.
 *
 * @example
 * ```ts
 * const cache = memcachedCache(new Memcached('127.0.0.1:11211', { retries: 0, retry: 200, failures: 1e9 }))
 * ```
 */
export function memcachedCache(client: MemcachedClient): Cache {
  check('memcachedCache', client, 'del')
  return {
    async get(key) {
      const value = await reply((callback) => client.get(cacheKey(key), callback))
      if (value === undefined) return undefined
      // The package returns false if the server reported an error.
      if (typeof value !== 'string') throw refused()
      return value
    },
    async set(key, value, ttlSeconds) {
      if (
        (await reply((callback) => client.set(cacheKey(key), value, expiry(ttlSeconds), callback))) !== true
      )
        throw refused()
    },
    async add(key, value, ttlSeconds) {
      const added = await reply((callback) =>
        client.add(cacheKey(key), value, expiry(ttlSeconds), (error, stored) =>
          // For the package an existing key is an error; for us it is the result.
          isNotStored(error) ? callback(undefined, 'there') : callback(error, stored),
        ),
      )
      if (added === 'there') return false
      if (added !== true) throw refused()
      return true
    },
    delete: async (key) => yesOrNo(await reply((callback) => client.del(cacheKey(key), callback))),
  }
}

function check(owner: string, client: unknown, remove: 'delete' | 'del'): void {
  const { must, holds } = objectWith('get', 'set', 'add', remove)
  if (!holds(client))
    throw new ConfigurationError(`${owner}: the client must be ${must}; it is ${shown(client)}.`)
}

const utf8 = new TextDecoder()

/** memcached's limit is 250 bytes; the rest is for a namespace that the driver may add. */
const maxKeyLength = 200

function cacheKey(key: string): string {
  return /^[\x21-\x7e]+$/.test(key) && key.length <= maxKeyLength
    ? key
    : `countersign:sha256:${sha256Base64Url(key)}`
}

const thirtyDays = 30 * 24 * 60 * 60

/**
 * Above 30 days memcached reads a number as a time since 1970, and would drop the entry at once; 0 would keep it
 * forever. Its clock ticks once a second, so an entry can lose up to a second of its life, which is added here.
 */
function expiry(ttlSeconds: number): number {
  if (!(ttlSeconds >= 1)) throw new StoreError(`A time to live of ${ttlSeconds} seconds cannot be stored.`)
  const seconds = Math.ceil(ttlSeconds) + 1
  return seconds <= thirtyDays ? seconds : Math.min(Math.floor(Date.now() / 1000) + seconds, 0x7fffffff)
}

function reply(call: (callback: Callback) => void): Promise<unknown> {
  return new Promise((resolve, reject) => {
    call((error, value) => (error ? reject(asError(error)) : resolve(value)))
  })
}

function isNotStored(error: unknown): boolean {
  return typeof error === 'object' && error !== null && (error as { notStored?: unknown }).notStored === true
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new StoreError(String(error))
}

function yesOrNo(value: unknown): boolean {
  if (typeof value === 'boolean') return value
  throw refused()
}

function refused(): StoreError {
  return new StoreError('memcached did not store the entry, or gave no reply that could be understood.')
}
