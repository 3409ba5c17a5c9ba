import { cachedCredentials } from 'countersign/credential-cache'
import { clientRow, kyselyHooks } from 'countersign/kysely'
import { type SealingOptions, sealedHooks, sealSecret } from 'countersign/sealed'
import type { OpenStore } from '../backend.ts'
import { connect } from './kysely.ts'

export { remove, reset } from './kysely.ts'

const sealing: SealingOptions = {
  keys: [{ id: 'k1', key: Buffer.alloc(32, 'key of the store suite') }],
  requireSealed: true,
}

/** Kysely with both wrappers around it: sealed secrets in the tables, plain ones in a cache of this process. */
export async function open(config: string): Promise<OpenStore> {
  const db = connect(config)
  const store = sealedHooks(kyselyHooks(db), sealing)
  return {
    hooks: { ...store, ...cachedCredentials(store, { ttlSeconds: 30 }) },
    async addClient(client) {
      const { clientId, clientSecret } = client
      const sealed = clientSecret && sealSecret(clientSecret, { kind: 'client', clientId }, sealing)
      await db
        .insertInto('oauth_client')
        .values(clientRow({ ...client, clientSecret: sealed }))
        .execute()
    },
    addToken: async (token) => void (await store.createTokenCredential(token)),
    close: () => db.destroy(),
  }
}
