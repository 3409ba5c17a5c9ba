import { nonceHooks, temporaryCredentialHooks } from 'countersign/cache'
import { ioredisCache, nodeRedisCache } from 'countersign/redis'
import { Cluster } from 'ioredis'
import { createCluster } from 'redis'
import { afterAll, describe, expect, it } from 'vitest'
import { available } from '../services.ts'
import { startRedisCluster } from './private-server.ts'
import { describeStore } from './suite.ts'

if (await available('redis-server')) {
  const { ports, close } = await startRedisCluster()
  afterAll(close)
  const addresses = ports.map((port) => `127.0.0.1:${port}`)

  for (const [driver, backend] of [
    ['node-redis', 'backends/redis-node-cluster.ts'],
    ['ioredis', 'backends/redis-ioredis-cluster.ts'],
  ] as const) {
    describeStore({
      name: `Redis cluster through ${driver}`,
      backend: new URL(backend, import.meta.url),
      config: `${addresses.join()}#${driver}:`,
    })
  }

  describe('the keys of a Redis cluster', async () => {
    const [nodeRedis, ioredis] = await Promise.all([
      createCluster({ rootNodes: addresses.map((address) => ({ url: `redis://${address}` })) }).connect(),
      new Cluster(addresses),
    ])
    afterAll(async () => {
      await nodeRedis.close()
      await ioredis.quit()
    })

    it.each([
      ['node-redis', nodeRedisCache(nodeRedis)],
      ['ioredis', ioredisCache(ioredis)],
    ] as const)('may lie on any node, the keys of one credential apart (%s)', async (driver, cache) => {
      const prefix = `spread-${driver}:`
      const hooks = { ...nonceHooks(cache, { prefix }), ...temporaryCredentialHooks(cache, { prefix }) }
      const expiresAt = Math.floor(Date.now() / 1000) + 600
      for (let n = 0; n < 30; n++) {
        const oauthToken = `token${'x'.repeat(n)}`
        const credential = {
          clientId: 'c',
          oauthToken,
          oauthTokenSecret: 's',
          oauthCallback: 'oob',
          expiresAt,
        }
        await hooks.createTemporaryCredential(credential)
        expect(await hooks.createAuthorizationVerifier(oauthToken, { userId: n, oauthVerifier: 'v' })).toBe(
          true,
        )
        expect(await hooks.getTemporaryCredential(oauthToken)).toMatchObject({
          userId: n,
          oauthVerifier: 'v',
        })
        expect(
          await hooks.recordNonce({ clientId: 'c', oauthToken, timestamp: 1, nonce: 'n', expiresAt }),
        ).toBe(true)
      }
      const keysByNode = await Promise.all(ioredis.nodes('master').map((node) => node.keys(`${prefix}*`)))
      expect(keysByNode).toHaveLength(3)
      for (const keys of keysByNode) expect(keys.length).toBeGreaterThan(0)
      const apart = keysByNode[0]?.filter(
        (key) =>
          key.includes(':temporary:') && !keysByNode[0]?.includes(key.replace(':temporary:', ':grant:')),
      )
      expect(apart?.length).toBeGreaterThan(0)
    })
  })
}
