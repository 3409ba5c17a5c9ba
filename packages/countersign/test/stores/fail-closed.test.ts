import { once } from 'node:events'
import { type Hooks, ResourceProtector, StoreError } from 'countersign'
import { type Cache, nonceHooks } from 'countersign/cache'
import type { OAuth1Tables } from 'countersign/kysely'
import { memcachedCache, memjsCache } from 'countersign/memcached'
import { memoryCache, memoryHooks } from 'countersign/memory'
import { ioredisCache, nodeRedisCache } from 'countersign/redis'
import { Cluster, Redis } from 'ioredis'
import { Kysely, MysqlDialect, PostgresDialect } from 'kysely'
import Memcached from 'memcached'
import memjs from 'memjs'
import { createPool } from 'mysql2'
import pg from 'pg'
import { createClient, createCluster } from 'redis'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { available } from '../services.ts'
import type { Backend } from './backend.ts'
import { databaseConfig } from './backends/databases.ts'
import * as drizzleMysql from './backends/drizzle-mysql.ts'
import * as drizzlePg from './backends/drizzle-pg.ts'
import * as kysely from './backends/kysely.ts'
import * as prisma from './backends/prisma-client.ts'
import * as typeorm from './backends/typeorm-mixins.ts'
import { type PrivateServer, startMemcached, startRedis, startRedisCluster } from './private-server.ts'
import { client, signedGet, token } from './signed-request.ts'
import { startProxy } from './stallable-proxy.ts'

/** What an application would log; drivers end the process where nothing listens to their errors. */
const report = (_error: unknown) => {}

interface Driver {
  readonly cache: Cache
  readonly close: () => unknown
}

async function nodeRedis(port: number): Promise<Driver> {
  const url = `redis://127.0.0.1:${port}`
  const client = createClient({
    url,
    disableOfflineQueue: true,
    pingInterval: 1000,
    socket: { connectTimeout: 1000, socketTimeout: 3000, reconnectStrategy: 100 },
  })
  client.on('error', report)
  await client.connect()
  const cache = nodeRedisCache(client)
  return { cache, close: () => client.destroy() }
}

async function ioredis(port: number): Promise<Driver> {
  const url = `redis://127.0.0.1:${port}`
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: 1000,
    connectTimeout: 1000,
    retryStrategy: () => 100,
  })
  redis.on('error', report)
  const cache = ioredisCache(redis)
  return { cache, close: () => redis.disconnect() }
}

async function nodeRedisCluster(ports: readonly number[]): Promise<Driver> {
  const cluster = createCluster({
    rootNodes: ports.map((port) => ({ url: `redis://127.0.0.1:${port}` })),
    defaults: {
      disableOfflineQueue: true,
      pingInterval: 1000,
      socket: { connectTimeout: 1000, socketTimeout: 3000, reconnectStrategy: 100 },
    },
  })
  cluster.on('error', report)
  cluster.on('node-error', report)
  await cluster.connect()
  return { cache: nodeRedisCache(cluster), close: () => cluster.destroy() }
}

async function ioredisCluster(ports: readonly number[]): Promise<Driver> {
  const cluster = new Cluster(
    ports.map((port) => ({ host: '127.0.0.1', port })),
    {
      enableOfflineQueue: false,
      clusterRetryStrategy: () => 100,
      redisOptions: { commandTimeout: 1000, connectTimeout: 1000, maxRetriesPerRequest: 0 },
    },
  )
  cluster.on('error', report)
  await once(cluster, 'ready')
  return { cache: ioredisCache(cluster), close: () => cluster.disconnect() }
}

async function memjsDriver(port: number): Promise<Driver> {
  const servers = `127.0.0.1:${port}`
  const logger = { log: report }
  const client = memjs.Client.create(servers, {
    retries: 1,
    timeout: 1,
    conntimeout: 1,
    keepAlive: true,
    logger,
  })
  const cache = memjsCache(client)
  return { cache, close: () => client.close() }
}

async function memcachedDriver(port: number): Promise<Driver> {
  const servers = `127.0.0.1:${port}`
  const client = new Memcached(servers, { timeout: 1000, retries: 0, retry: 200, failures: 1e9 })
  const cache = memcachedCache(client)
  return { cache, close: () => client.end() }
}

const storeTimeoutSeconds = 1
// Bounds against hanging for ever, on machines that are busy with much else; where they are not, it takes milliseconds.
vi.setConfig({ testTimeout: 90_000 })
const protectorOver = (hooks: Partial<Hooks>) =>
  new ResourceProtector({
    hooks: { ...memoryHooks({ clients: [client], tokens: [token] }), ...hooks },
    storeTimeoutSeconds,
  })

async function works(protector: ResourceProtector): Promise<void> {
  await vi.waitFor(() => protector.authenticate(signedGet()), { timeout: 25_000, interval: 20 })
}

/** No request is let in, and every one fails before the test runs out of time. */
async function failsClosed(protector: ResourceProtector): Promise<void> {
  const requests = Array.from({ length: 20 }, () => protector.authenticate(signedGet()))
  for (const outcome of await Promise.allSettled(requests)) {
    expect(outcome).toMatchObject({ status: 'rejected', reason: { status: 503 } })
    expect((outcome as PromiseRejectedResult).reason).toBeInstanceOf(StoreError)
  }
}

function describeCache<S extends Omit<PrivateServer, 'port'>>(
  name: string,
  start: () => Promise<S>,
  connect: (server: S) => Promise<Driver>,
) {
  describe(name, async () => {
    const server = await start()
    const { cache, close } = await connect(server)
    const protector = protectorOver(nonceHooks(cache))
    afterAll(async () => {
      await server.signal('SIGCONT')
      await close()
      await server.close()
    })

    it('a server that hangs lets no request in, and works again when it goes on', async () => {
      await works(protector)
      await server.signal('SIGSTOP')
      await failsClosed(protector)
      await failsClosed(protector)
      await server.signal('SIGCONT')
      await works(protector)
    })

    it('a server that is killed lets no request in, and works again when it is back', async () => {
      await works(protector)
      await server.signal('SIGKILL')
      await failsClosed(protector)
      await failsClosed(protector)
      await server.restart()
      await works(protector)
    })
  })
}

if (await available('redis-server')) {
  describeCache('Redis through node-redis', startRedis, ({ port }) => nodeRedis(port))
  describeCache('Redis through ioredis', startRedis, ({ port }) => ioredis(port))
  describeCache('a Redis cluster through node-redis', startRedisCluster, ({ ports }) =>
    nodeRedisCluster(ports),
  )
  describeCache('a Redis cluster through ioredis', startRedisCluster, ({ ports }) => ioredisCluster(ports))
}
if (await available('memcached')) {
  describeCache(
    'memcached through memjs',
    () => startMemcached('-M'),
    ({ port }) => memjsDriver(port),
  )
  describeCache(
    'memcached through memcached',
    () => startMemcached('-M'),
    ({ port }) => memcachedDriver(port),
  )
}

function postgres(connectionString: string) {
  const pool = new pg.Pool({
    connectionString,
    connectionTimeoutMillis: 1000,
    query_timeout: 2000,
    keepAlive: true,
  })
  pool.on('error', report)
  pool.on('connect', (client) => client.on('error', report))
  const db = new Kysely<OAuth1Tables>({ dialect: new PostgresDialect({ pool }) })
  return db
}

function mariadb(uri: string) {
  const pool = createPool({ uri, connectTimeout: 1000 })
  const db = new Kysely<OAuth1Tables>({ dialect: new MysqlDialect({ pool }) })
  return db
}

/** Kysely over a driver that has the settings of the guide. */
function kyselyOver(connect: (url: string) => Kysely<OAuth1Tables>): Backend {
  return { ...kysely, open: async (url) => kysely.storeOver(connect(url)) }
}

function describeDatabase(name: string, server: 'postgres' | 'mariadb', backend: Backend) {
  describe(name, async () => {
    const config = databaseConfig(server)
    await backend.reset(config)
    const direct = new URL(config)
    const proxy = await startProxy(
      direct.hostname,
      Number(direct.port || (direct.protocol === 'mysql:' ? 3306 : 5432)),
    )
    const store = await backend.open(Object.assign(new URL(config), { host: `127.0.0.1:${proxy.port}` }).href)
    await store.addClient?.(client)
    await store.addToken?.(token)
    const { recordNonce } = store.hooks as Hooks
    const protectors = [
      ['nonces', protectorOver({ recordNonce })],
      ['credentials', protectorOver({ ...store.hooks, ...nonceHooks(memoryCache()) })],
    ] as const
    afterAll(async () => {
      await proxy.cut()
      await store.close()
      await backend.remove?.(config)
    })

    it.each(protectors)(
      'a database that hangs lets no request in, and works again when it goes on (%s)',
      async (_, protector) => {
        await works(protector)
        proxy.stall()
        await failsClosed(protector)
        await failsClosed(protector)
        proxy.resume()
        await works(protector)
      },
    )

    it.each(protectors)(
      'a database that is cut off lets no request in, and works again when it is back (%s)',
      async (_, protector) => {
        await works(protector)
        await proxy.cut()
        await failsClosed(protector)
        await failsClosed(protector)
        await proxy.restore()
        await works(protector)
      },
    )
  })
}

const backends: ['postgres' | 'mariadb', string, Backend][] = [
  ['postgres', 'PostgreSQL through Kysely', kyselyOver(postgres)],
  ['postgres', 'PostgreSQL through Drizzle', drizzlePg],
  ['postgres', 'PostgreSQL through Prisma', prisma],
  ['postgres', 'PostgreSQL through TypeORM', typeorm],
  ['mariadb', 'MariaDB through Kysely', kyselyOver(mariadb)],
  ['mariadb', 'MariaDB through Drizzle', drizzleMysql],
  ['mariadb', 'MariaDB through Prisma', prisma],
  ['mariadb', 'MariaDB through TypeORM', typeorm],
]
for (const [server, name, backend] of backends)
  if (await available(server)) describeDatabase(name, server, backend)
