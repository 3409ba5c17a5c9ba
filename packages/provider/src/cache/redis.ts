import { setTimeout as sleep } from 'node:timers/promises'
import { ConfigurationError, StoreError } from 'countersign'
import type { Cache } from 'countersign/cache'
import { nodeRedisCache } from 'countersign/redis'
import type { Logger } from 'pino'
import type { RedisClientType } from 'redis'
import { nowSeconds } from '../random.ts'
import { RedisHealth } from './redis-health.ts'

/**
 * A Redis that several processes share. Each call rejects with a `StoreError` at once, or within a second if Redis
 * hangs.
 */
export interface SharedRedis {
  readonly cache: Cache
  /** The prefix of all keys of this provider. */
  readonly prefix: string
  /** Runs a script as one atomic step. */
  run(script: string, keys: readonly string[], values: readonly (string | number)[]): Promise<unknown>
  /**
   * Since when Redis has kept its data, in seconds since 1970: earlier data is lost.
   *
   * @throws StoreError while Redis cannot be reached.
   */
  emptyBefore(): Promise<number>
  /** Resolves while Redis can be reached. */
  ping(): Promise<void>
  /** At once: commands under way reject. */
  close(): void
}

/** How to open a shared Redis. */
export interface RedisOptions {
  readonly prefix: string
  readonly log: Logger
  /** Seconds since 1970. Default: the system's clock. */
  readonly now?: (() => number) | undefined
}

/** No request would succeed by waiting longer for Redis than for a database. */
const connectMilliseconds = 2_000
/** The most commands that may wait for a reply: beyond it they fail at once. */
const maxCommands = 10_000

/**
 * Connects to Redis, and reconnects whenever the connection is lost.
 *
 * @throws ConfigurationError when Redis cannot be reached now.
 */
export async function openRedis(url: string, options: RedisOptions): Promise<SharedRedis> {
  // Loaded only if it is used: it adds 50 ms to the start.
  const { createClient, ErrorReply } = await import('redis')
  let isStarted = false
  const client = createClient({
    url,
    // Without it, any number of commands would wait for a Redis that is down.
    disableOfflineQueue: true,
    commandsQueueMaxLength: maxCommands,
    pingInterval: 1_000,
    socket: {
      connectTimeout: connectMilliseconds,
      socketTimeout: 2_500,
      reconnectStrategy: (retries, cause) => (isStarted ? Math.min(100 + 50 * retries, 500) : cause),
    },
  }) as RedisClientType
  const health = new RedisHealth(options.log, (error) => error instanceof ErrorReply)
  const redis = new NodeRedis(client, health, options)
  try {
    await withDeadline(client.connect(), 2 * connectMilliseconds)
    isStarted = true
    await redis.prepare()
    return redis
  } catch (cause) {
    client.destroy()
    throw new ConfigurationError(
      `REDIS_URL: the Redis at ${placeOf(url)} cannot be used: ${reasonOf(cause)} Start it, correct REDIS_URL, or unset it for one process alone.`,
      { cause },
    )
  }
}

class NodeRedis implements SharedRedis {
  readonly cache: Cache
  readonly prefix: string
  readonly #client: RedisClientType
  readonly #health: RedisHealth
  readonly #log: Logger
  readonly #now: () => number
  #emptyBefore: Promise<number> | undefined
  #isNew = false

  constructor(client: RedisClientType, health: RedisHealth, { prefix, log, now = nowSeconds }: RedisOptions) {
    this.#client = client
    this.#health = health
    this.#log = log
    this.#now = now
    this.prefix = prefix
    this.cache = this.#guarded(nodeRedisCache(client))
    client.on('error', (error) => health.lost(error))
    client.on('ready', () => {
      health.regained()
      // Redis may have restarted without its data, so earlier knowledge of it is void.
      this.#emptyBefore = undefined
    })
  }

  /** Checked once, at the start. */
  async prepare(): Promise<void> {
    await this.emptyBefore()
    // A request signed in this same second is indistinguishable from an earlier one.
    if (this.#isNew) await sleep(1_000 - (Date.now() % 1_000))
    const memory = await this.#health.bounded(() => this.#client.info('memory'))
    const policy = /^maxmemory_policy:(\S+)/m.exec(memory)?.[1] ?? 'noeviction'
    if (policy !== 'noeviction') {
      const hint =
        'Redis forgets keys when its memory is full, and a forgotten nonce lets a request be replayed: set maxmemory-policy to noeviction'
      this.#log.warn({ policy }, hint)
    }
  }

  run(script: string, keys: readonly string[], values: readonly (string | number)[]): Promise<unknown> {
    const given = { keys: keys.map((key) => this.prefix + key), arguments: values.map(String) }
    return this.#health.bounded(() => this.#client.eval(script, given))
  }

  emptyBefore(): Promise<number> {
    this.#emptyBefore ??= this.#readBeginning()
    return this.#emptyBefore
  }

  async ping(): Promise<void> {
    await this.#health.bounded(() => this.#client.ping())
  }

  close(): void {
    this.#health.close()
    this.#client.destroy()
  }

  async #readBeginning(): Promise<number> {
    try {
      const now = Math.floor(this.#now())
      const [beginning, isNew] = (await this.run(beginningScript, ['since'], [now])) as [string, number]
      this.#isNew = isNew === 1
      if (this.#isNew)
        this.#log.warn(
          'Redis was empty: requests that were signed before now are refused until they are signed again',
        )
      return Number(beginning)
    } catch (error) {
      // The next request asks again.
      this.#emptyBefore = undefined
      throw error
    }
  }

  #guarded(cache: Cache): Cache {
    const bounded = this.#health.bounded.bind(this.#health)
    return {
      get: (key) => bounded(async () => cache.get(key)),
      set: (key, value, ttlSeconds) => bounded(async () => cache.set(key, value, ttlSeconds)),
      delete: (key) => bounded(async () => cache.delete(key)),
      add: (key, value, ttlSeconds) => bounded(async () => cache.add(key, value, ttlSeconds)),
    }
  }
}

/** Never expires: an expired start time would look like a loss of data. */
const beginningScript = `
local isNew = redis.call('set', KEYS[1], ARGV[1], 'NX')
return { redis.call('get', KEYS[1]), isNew and 1 or 0 }`

async function withDeadline<R>(result: Promise<R>, milliseconds: number): Promise<R> {
  const ended = new AbortController()
  const late = sleep(milliseconds, undefined, { signal: ended.signal }).then(() => {
    throw new Error('it does not respond')
  })
  late.catch(() => {})
  try {
    return await Promise.race([result, late])
  } finally {
    ended.abort()
  }
}

/** Without user and password. */
function placeOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'an address that cannot be read'
}

function reasonOf(error: unknown): string {
  const cause = error instanceof StoreError ? error.cause : error
  const { message, code } = (cause ?? error) as NodeJS.ErrnoException
  return `${message || code}.`
}
