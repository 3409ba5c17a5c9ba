import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import {
  kyselyHooks,
  nodeSqlite,
  type OAuth1Tables,
  withClientColumns,
  withTokenCredentialColumns,
} from 'countersign/kysely'
import { reseal, type SealingOptions, sealedHooks, sealSecret } from 'countersign/sealed'
import { Kysely, SqliteDialect } from 'kysely'

process.env['SEALING_KEY_2026'] = Buffer.alloc(32, 'new').toString('base64')
const db = new Kysely<OAuth1Tables>({
  dialect: new SqliteDialect({ database: nodeSqlite(new DatabaseSync(':memory:')) }),
})
await db.schema.createTable('oauth_client').$call(withClientColumns).execute()
await db.schema
  .createTable('oauth_token_credential')
  .addColumn('user_id', 'integer')
  .$call(withTokenCredentialColumns)
  .execute()
const plain = { client_id: 'before', client_secret: 'plain', default_redirect_uri: '' }
await db.insertInto('oauth_client').values(plain).execute()

const sealing: SealingOptions = {
  keys: [{ id: '2026', key: process.env['SEALING_KEY_2026'] ?? '' }],
}
const hooks = sealedHooks(kyselyHooks(db), sealing)

const clientId = 'demo'
const clientSecret = 'demo-secret'
await db
  .insertInto('oauth_client')
  .values({
    client_id: clientId,
    client_secret: sealSecret(clientSecret, { kind: 'client', clientId }, sealing),
    default_redirect_uri: 'https://client.example/ready',
  })
  .execute()

await hooks.createTokenCredential({ clientId, oauthToken: 't', oauthTokenSecret: 'token-secret', userId: 1 })
assert.equal((await hooks.queryClient(clientId))?.clientSecret, clientSecret)
assert.equal((await hooks.queryClient('before'))?.clientSecret, 'plain')
assert.equal((await hooks.queryToken(clientId, 't'))?.oauthTokenSecret, 'token-secret')

async function resealClients(sealing: SealingOptions): Promise<number> {
  const rows = await db
    .selectFrom('oauth_client')
    .select(['client_id', 'client_secret'])
    .where('client_secret', 'is not', null)
    .execute()
  const secrets = rows.map((row) => ({
    kind: 'client' as const,
    clientId: row.client_id,
    stored: row.client_secret ?? '',
  }))
  let count = 0
  for await (const { clientId, stored, resealed } of reseal(secrets, sealing)) {
    await db
      .updateTable('oauth_client')
      .set({ client_secret: resealed })
      .where('client_id', '=', clientId)
      .where('client_secret', '=', stored)
      .execute()
    count++
  }
  return count
}

async function resealTokens(sealing: SealingOptions): Promise<number> {
  const rows = await db
    .selectFrom('oauth_token_credential')
    .select(['client_id', 'oauth_token', 'oauth_token_secret'])
    .execute()
  const secrets = rows.map((row) => ({
    kind: 'token' as const,
    clientId: row.client_id,
    oauthToken: row.oauth_token,
    stored: row.oauth_token_secret,
  }))
  let count = 0
  for await (const { oauthToken, stored, resealed } of reseal(secrets, sealing)) {
    await db
      .updateTable('oauth_token_credential')
      .set({ oauth_token_secret: resealed })
      .where('oauth_token', '=', oauthToken)
      .where('oauth_token_secret', '=', stored)
      .execute()
    count++
  }
  return count
}

assert.equal(await resealClients(sealing), 1)
assert.equal(await resealClients(sealing), 0)
assert.equal(await resealTokens(sealing), 0)

const strict = { ...sealing, requireSealed: true }
assert.equal((await sealedHooks(kyselyHooks(db), strict).queryClient('before'))?.clientSecret, 'plain')

const rotating: SealingOptions = {
  keys: [
    { id: '2027', key: process.env['SEALING_KEY_2027'] ?? '' },
    { id: '2026', key: process.env['SEALING_KEY_2026'] ?? '' },
  ],
  requireSealed: true,
}

const onRead = sealedHooks(kyselyHooks(db), {
  ...rotating,
  async replace(secret) {
    if (secret.kind !== 'client') return
    await db
      .updateTable('oauth_client')
      .set({ client_secret: secret.resealed })
      .where('client_id', '=', secret.clientId)
      .where('client_secret', '=', secret.stored)
      .execute()
  },
})
assert.equal((await onRead.queryClient(clientId))?.clientSecret, clientSecret)
assert.equal(await resealClients(rotating), 1)
assert.equal(await resealTokens(rotating), 1)
const only = { ...rotating, keys: rotating.keys.slice(0, 1) }
assert.equal((await sealedHooks(kyselyHooks(db), only).queryClient(clientId))?.clientSecret, clientSecret)
await db.destroy()
