import { nonceHooks, temporaryCredentialHooks } from 'countersign/cache'
import { nodeRedisCache } from 'countersign/redis'
import { createClient } from 'redis'
import type { OpenStore } from '../backend.ts'
import { redisConfig } from './redis-config.ts'

export async function reset(): Promise<void> {}

export async function open(config: string): Promise<OpenStore> {
  const { address, prefix } = redisConfig(config)
  const client = createClient({ url: address })
  client.on('error', (error) => console.error(error))
  await client.connect()
  const cache = nodeRedisCache(client)
  return {
    hooks: { ...nonceHooks(cache, { prefix }), ...temporaryCredentialHooks(cache, { prefix }) },
    close: () => client.close(),
  }
}

export async function remove(config: string): Promise<void> {
  const { address, prefix } = redisConfig(config)
  const client = await createClient({ url: address }).connect()
  for await (const keys of client.scanIterator({ MATCH: `${prefix}*`, COUNT: 1000 }))
    if (keys.length > 0) await client.unlink(keys)
  await client.close()
}
