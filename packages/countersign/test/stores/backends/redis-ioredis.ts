import { nonceHooks, temporaryCredentialHooks } from 'countersign/cache'
import { ioredisCache } from 'countersign/redis'
import { Redis } from 'ioredis'
import type { OpenStore } from '../backend.ts'
import { redisConfig } from './redis-config.ts'

export { remove, reset } from './redis-node.ts'

export async function open(config: string): Promise<OpenStore> {
  const { address, prefix } = redisConfig(config)
  const client = new Redis(address)
  const cache = ioredisCache(client)
  return {
    hooks: { ...nonceHooks(cache, { prefix }), ...temporaryCredentialHooks(cache, { prefix }) },
    close: async () => void (await client.quit()),
  }
}
