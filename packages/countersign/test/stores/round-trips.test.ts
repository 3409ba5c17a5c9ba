import { DatabaseSync } from 'node:sqlite'
import { ResourceProtector } from 'countersign'
import { type Cache, nonceHooks, temporaryCredentialHooks } from 'countersign/cache'
import { cachedCredentials } from 'countersign/credential-cache'
import { clientRow, kyselyHooks, nodeSqlite, type OAuth1Tables } from 'countersign/kysely'
import { ioredisCache, nodeRedisCache } from 'countersign/redis'
import { Redis } from 'ioredis'
import { Kysely, SqliteDialect } from 'kysely'
import { createClient } from 'redis'
import { afterAll, describe, expect, it } from 'vitest'
import { available } from '../services.ts'
import { createTables } from './backends/kysely.ts'
import { startRedis } from './private-server.ts'
import { client, signedGet, token } from './signed-request.ts'

if (await available('redis-server')) {
  // A separate server, so that it counts no other test's commands.
  const server = await startRedis()
  const nodeRedis = createClient({ url: `redis://127.0.0.1:${server.port}` })
  await nodeRedis.connect()
  const ioredis = new Redis(server.port)
  const observer = new Redis(server.port)
  await Promise.all([ioredis.ping(), observer.ping()])

  const queries: string[] = []
  const dialect = new SqliteDialect({ database: nodeSqlite(new DatabaseSync(':memory:')) })
  const db = new Kysely<OAuth1Tables>({ dialect, log: ({ query }) => void queries.push(query.sql) })
  const store = kyselyHooks(db)
  await createTables(db)
  await db.insertInto('oauth_client').values(clientRow(client)).execute()
  await store.createTokenCredential(token)

  afterAll(async () => {
    await nodeRedis.close()
    ioredis.disconnect()
    observer.disconnect()
    await db.destroy()
    await server.close()
  })

  /** Every command that the server carried out for the others, by the server's own count. */
  const counted = async (run: () => Promise<unknown>) => {
    queries.length = 0
    await observer.config('RESETSTAT')
    await run()
    const statistics = await observer.info('commandstats')
    const commands = [...statistics.matchAll(/^cmdstat_(\S+?):calls=(\d+)/gm)].map(([, name, calls]) => [
      name,
      Number(calls),
    ])
    const { 'config|resetstat': _, info: __, ...rest } = Object.fromEntries(commands)
    return { commands: rest, queries: queries.length }
  }

  describe.each([
    ['node-redis', nodeRedisCache(nodeRedis)],
    ['ioredis', ioredisCache(ioredis)],
  ] as const)('round trips through %s', (driver, cache: Cache) => {
    const options = { prefix: `${driver}:` }
    const nonces = nonceHooks(cache, options)
    const requests = async (protector: ResourceProtector, count: number) => {
      for (let n = 0; n < count; n++) {
        const { credential } = await protector.authenticate(signedGet())
        const { oauthTokenSecret: _, ...shown } = token
        expect(credential).toMatchObject(shown)
      }
    }

    it('a nonce check is one command, new or not', async () => {
      const expiresAt = Math.floor(Date.now() / 1000) + 300
      const record = { clientId: 'c', oauthToken: 't', timestamp: 1, nonce: 'n', expiresAt }
      const check = () => nonces.recordNonce(record)
      expect(await counted(async () => expect(await check()).toBe(true))).toMatchObject({
        commands: { set: 1 },
      })
      expect(await counted(async () => expect(await check()).toBe(false))).toEqual({
        commands: { set: 1 },
        queries: 0,
      })
    })

    it('a whole flow uses commands on one key only', async () => {
      const hooks = temporaryCredentialHooks(cache, options)
      const expiresAt = Math.floor(Date.now() / 1000) + 300
      const { commands } = await counted(async () => {
        const credential = {
          clientId: 'c',
          oauthToken: 't',
          oauthTokenSecret: 's',
          oauthCallback: 'oob',
          expiresAt,
        }
        await hooks.createTemporaryCredential(credential)
        await hooks.createAuthorizationVerifier('t', { userId: 1, oauthVerifier: 'v' })
        await hooks.getTemporaryCredential('t')
        await hooks.consumeTemporaryCredential('t')
      })
      expect(commands).toEqual({ set: 2, get: 4, del: 1 })
    })

    it('a protected request is one command and one query', async () => {
      const protector = new ResourceProtector({ hooks: { ...store, ...nonces } })
      // The very first pair is read with two queries, which tell the names of the columns.
      await requests(protector, 1)
      expect(await counted(() => requests(protector, 10))).toEqual({ commands: { set: 10 }, queries: 10 })
    })

    it('a protected request is one command and no query where credentials are cached', async () => {
      const hooks = { ...store, ...nonces, ...cachedCredentials(store) }
      const protector = new ResourceProtector({ hooks })
      await requests(protector, 1)
      expect(await counted(() => requests(protector, 10))).toEqual({ commands: { set: 10 }, queries: 0 })
      hooks.forget(token.clientId, token.oauthToken)
      expect(await counted(() => requests(protector, 10))).toEqual({ commands: { set: 10 }, queries: 1 })
    })
  })
}
