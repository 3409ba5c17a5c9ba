import { nonceHooks, temporaryCredentialHooks } from 'countersign/cache'
import { memcachedCache } from 'countersign/memcached'
import Memcached from 'memcached'
import type { OpenStore } from '../backend.ts'

export async function reset(): Promise<void> {}

/** `config` is the address of a server that nothing else uses. */
export async function open(config: string): Promise<OpenStore> {
  const client = new Memcached(config)
  const cache = memcachedCache(client)
  return {
    hooks: { ...nonceHooks(cache), ...temporaryCredentialHooks(cache) },
    close: async () => client.end(),
  }
}
