import { nonceHooks, temporaryCredentialHooks } from 'countersign/cache'
import { nodeRedisCache } from 'countersign/redis'
import { createCluster } from 'redis'
import type { OpenStore } from '../backend.ts'
import { redisConfig } from './redis-config.ts'

export async function reset(): Promise<void> {}

export async function open(config: string): Promise<OpenStore> {
  const { addresses, prefix } = redisConfig(config)
  const cluster = createCluster({ rootNodes: addresses.map((address) => ({ url: `redis://${address}` })) })
  cluster.on('error', (error) => console.error(error))
  await cluster.connect()
  const cache = nodeRedisCache(cluster)
  return {
    hooks: { ...nonceHooks(cache, { prefix }), ...temporaryCredentialHooks(cache, { prefix }) },
    close: () => cluster.close(),
  }
}
