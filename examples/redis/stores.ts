import { DatabaseSync } from 'node:sqlite'
import type { Hooks } from 'countersign'
import { nonceHooks, temporaryCredentialHooks } from 'countersign/cache'
import { cachedCredentials } from 'countersign/credential-cache'
import {
  clientRow,
  kyselyHooks,
  nodeSqlite,
  type OAuth1Tables,
  retryWhenBusy,
  withClientColumns,
  withTokenCredentialColumns,
} from 'countersign/kysely'
import { nodeRedisCache } from 'countersign/redis'
import { Kysely, SqliteDialect } from 'kysely'
import { createClient } from 'redis'

// Long-lived data is in SQL: clients and tokens.
const sqlite = new DatabaseSync(process.env['DATABASE'] ?? 'oauth.db')
export const db = new Kysely<Pick<OAuth1Tables, 'oauth_client' | 'oauth_token_credential'>>({
  dialect: retryWhenBusy(new SqliteDialect({ database: nodeSqlite(sqlite) })),
})
await db.schema.createTable('oauth_client').ifNotExists().$call(withClientColumns).execute()
await db.schema
  .createTable('oauth_token_credential')
  .ifNotExists()
  .addColumn('user_id', 'text')
  .$call(withTokenCredentialColumns)
  .execute()

// Data for minutes is in Redis: nonces and temporary credentials.
const redis = createClient({
  url: process.env['REDIS_URL'] ?? 'redis://127.0.0.1:6379',
  disableOfflineQueue: true,
  pingInterval: 1000,
  socket: { connectTimeout: 1000, socketTimeout: 3000, reconnectStrategy: 100 },
})
redis.on('error', (error) => console.error(`Redis: ${error.message}`))
await redis.connect()

const cache = nodeRedisCache(redis)
const tokens = kyselyHooks(db)
// A token that is revoked through the hooks is forgotten at once here; other processes notice within 30 seconds.
const remembered = cachedCredentials(tokens, { ttlSeconds: 30 })
export const hooks = {
  ...tokens,
  ...nonceHooks(cache),
  ...temporaryCredentialHooks(cache),
  ...remembered,
} satisfies Hooks

const demo = { clientId: 'demo', clientSecret: 'demo-secret', callbacks: ['http://localhost:8080/callback'] }
if (!(await tokens.queryClient(demo.clientId)))
  await db.insertInto('oauth_client').values(clientRow(demo)).execute()
