import { nonceHooks, temporaryCredentialHooks } from 'countersign/cache'
import { memjsCache } from 'countersign/memcached'
import memjs from 'memjs'
import type { OpenStore } from '../backend.ts'

export async function reset(): Promise<void> {}

/** `config` is the address of a server that nothing else uses. */
export async function open(config: string): Promise<OpenStore> {
  const client = memjs.Client.create(config)
  const cache = memjsCache(client)
  return {
    hooks: { ...nonceHooks(cache), ...temporaryCredentialHooks(cache) },
    close: async () => client.close(),
  }
}
