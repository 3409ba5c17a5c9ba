import { nonceHooks, temporaryCredentialHooks } from 'countersign/cache'
import { ioredisCache } from 'countersign/redis'
import { Cluster } from 'ioredis'
import type { OpenStore } from '../backend.ts'
import { redisConfig } from './redis-config.ts'

export async function reset(): Promise<void> {}

export async function open(config: string): Promise<OpenStore> {
  const { addresses, prefix } = redisConfig(config)
  const cluster = new Cluster(addresses)
  const cache = ioredisCache(cluster)
  return {
    hooks: { ...nonceHooks(cache, { prefix }), ...temporaryCredentialHooks(cache, { prefix }) },
    close: async () => void (await cluster.quit()),
  }
}
