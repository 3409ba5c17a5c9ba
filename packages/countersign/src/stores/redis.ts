/**
 * Redis or Valkey as a cache, through node-redis or ioredis.
 *
 * @example
 * ```ts
 * import { nodeRedisCache } from 'countersign/redis'
 *
 * const hooks = { ...kyselyHooks(db), ...nonceHooks(nodeRedisCache(client)) }
 * ```
 *
 * @module
 */
import { ConfigurationError, StoreError } from '../errors.ts'
import { objectWith, shown } from '../server/option-kinds.ts'
import type { Cache } from './cache.ts'

/** The subset of a node-redis client, cluster or pool that countersign uses. */
export interface NodeRedisClient {
  get(key: string): Promise<string | null>
  set(key: string, value: string, options: NodeRedisSetOptions): Promise<string | null>
  del(key: string): Promise<number>
}

/** The same options for node-redis 4 (`EX`, `NX`) and for 5 and later: each version silently ignores the other's. */
export interface NodeRedisSetOptions {
  readonly EX: number
  readonly expiration: { readonly type: 'EX'; readonly value: number }
  readonly NX?: true
  readonly condition?: 'NX'
}

/** The subset of an ioredis client or cluster that countersign uses. */
export interface IoredisClient {
  get(key: string): Promise<string | null>
  set(key: string, value: string, ex: 'EX', seconds: number): Promise<string | null>
  set(key: string, value: string, ex: 'EX', seconds: number, nx: 'NX'): Promise<string | null>
  del(key: string): Promise<number>
}

/**
 * Redis or Valkey through node-redis: a connected client, cluster or pool. Each call is one command on one key, so a
 * cluster may place the keys anywhere; a nonce is one `SET … EX … NX`.
 *
 * @example
 * ```ts
 * const client = createClient({
 *   url,
 *   disableOfflineQueue: true,
 *   pingInterval: 1000,
 *   socket: { connectTimeout: 1000, socketTimeout: 3000, reconnectStrategy: 100 },
 * })
 * client.on('error', (error) => console.error(error))
 * await client.connect()
 * const cache = nodeRedisCache(client)
 * const hooks = { ...kyselyHooks(db), ...nonceHooks(cache), ...temporaryCredentialHooks(cache) }
 * ```
 */
export function nodeRedisCache(client: NodeRedisClient): Cache {
  check('nodeRedisCache', client)
  return {
    get: async (key) => text(await client.get(key)),
    set: async (key, value, ttlSeconds) =>
      stored(await client.set(key, value, { EX: ttlSeconds, expiration: { type: 'EX', value: ttlSeconds } })),
    add: async (key, value, ttlSeconds) =>
      added(
        await client.set(key, value, {
          EX: ttlSeconds,
          expiration: { type: 'EX', value: ttlSeconds },
          NX: true,
          condition: 'NX',
        }),
      ),
    delete: async (key) => deleted(await client.del(key)),
  }
}

/**
 * Redis or Valkey through ioredis: a client or a cluster. Each call is one command, as with `nodeRedisCache`.
 *
 * @example
 * ```ts
 * const redis = new Redis(url, {
 *   enableOfflineQueue: false,
 *   maxRetriesPerRequest: 0,
 *   commandTimeout: 1000,
 *   connectTimeout: 1000,
 *   retryStrategy: () => 100,
 * })
 * redis.on('error', (error) => console.error(error))
 * const cache = ioredisCache(redis)
 * ```
 */
export function ioredisCache(client: IoredisClient): Cache {
  check('ioredisCache', client)
  return {
    get: async (key) => text(await client.get(key)),
    set: async (key, value, ttlSeconds) => stored(await client.set(key, value, 'EX', ttlSeconds)),
    add: async (key, value, ttlSeconds) => added(await client.set(key, value, 'EX', ttlSeconds, 'NX')),
    delete: async (key) => deleted(await client.del(key)),
  }
}

const aClient = objectWith('get', 'set', 'del')

function check(owner: string, client: unknown): void {
  if (aClient.holds(client)) return
  throw new ConfigurationError(`${owner}: the client must be ${aClient.must}; it is ${shown(client)}.`)
}

function text(reply: unknown): string | undefined {
  if (reply === null) return undefined
  if (typeof reply === 'string') return reply
  throw unexpected(reply)
}

function stored(reply: unknown): void {
  if (reply !== 'OK') throw unexpected(reply)
}

/** Only `OK` means a new nonce, and only null a used one: `QUEUED`, from a client inside MULTI, is neither. */
function added(reply: unknown): boolean {
  if (reply === 'OK') return true
  if (reply === null) return false
  throw unexpected(reply)
}

function deleted(reply: unknown): boolean {
  if (reply === 0 || reply === 1) return reply === 1
  throw unexpected(reply)
}

function unexpected(reply: unknown): StoreError {
  return new StoreError(
    `Redis returned ${typeof reply === 'string' ? reply : typeof reply}, which is no reply to the command. Pass a separate client, without type mapping or transaction.`,
  )
}
