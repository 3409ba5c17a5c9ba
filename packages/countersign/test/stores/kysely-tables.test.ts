import { AuthorizationServer, type Hooks, ResourceProtector } from 'countersign'
import { nonceHooks, temporaryCredentialHooks } from 'countersign/cache'
import {
  createQueryClient,
  createQueryToken,
  createRecordNonce,
  createTokenExpiryIndex,
  kyselyHooks,
  type OAuth1Tables,
  registerAuthorizationHooks,
  sweepExpired,
  withNonceColumns,
  withTemporaryCredentialColumns,
  withTokenCredentialColumns,
} from 'countersign/kysely'
import { memoryCache } from 'countersign/memory'
import { expect, expectTypeOf, it } from 'vitest'
import { available } from '../services.ts'
import { adopted, inMemory, opened } from './adopted-tables.ts'
import { databaseConfig, removeDatabase } from './backends/databases.ts'
import { connect, createTables, reset } from './backends/kysely.ts'

const now = () => Math.floor(Date.now() / 1000)
const credential = (oauthToken: string, expiresAt = now() + 600) => ({
  clientId: 'c',
  oauthToken,
  oauthTokenSecret: 's',
  oauthCallback: 'oob',
  expiresAt,
})
it('single hooks and lists know the own columns of a table, too', async () => {
  const db = await adopted()
  const client = await createQueryClient(db, 'application')('c')
  expectTypeOf<typeof client>().toExtend<{ name: string; user_id: number } | undefined>()
  const token = await createQueryToken(db, 'access')('c', 't')
  expectTypeOf<typeof token>().toExtend<{ note: string | null } | undefined>()
  const { listTokens } = kyselyHooks(db, { tables: { client: 'application', tokenCredential: 'access' } })
  const [listed] = await listTokens({ clientId: 'c' })
  expectTypeOf<typeof listed>().toExtend<{ note: string | null } | undefined>()
  expect(listed).toEqual(token)
})

it('tables of other names and with fewer columns are adopted; own columns come back, typed', async () => {
  const hooks = kyselyHooks(await adopted(), {
    tables: { client: 'application', tokenCredential: 'access' },
  })
  const client = await hooks.queryClient('c')
  expect(client).toEqual({
    id: 1,
    clientId: 'c',
    clientSecret: 's',
    callbacks: ['https://a.example/ready'],
    user_id: 7,
    name: 'Printer',
  })
  const token = await hooks.queryToken('c', 't')
  expect(token).toEqual({
    id: 5,
    clientId: 'c',
    oauthToken: 't',
    oauthTokenSecret: 'ts',
    userId: 9,
    note: null,
  })
  if (client) expectTypeOf(client.name).toEqualTypeOf<string>()
  if (client) expectTypeOf(client.user_id).toEqualTypeOf<number>()
  if (token) expectTypeOf(token.note).toEqualTypeOf<string | null>()

  const created = await hooks.createTokenCredential({
    clientId: 'c',
    oauthToken: 'new',
    oauthTokenSecret: 'x',
    userId: 1,
  })
  expect(created).toEqual({
    id: 6,
    clientId: 'c',
    oauthToken: 'new',
    oauthTokenSecret: 'x',
    userId: 1,
    note: null,
  })
})

it('a table without the columns of a token life keeps tokens that have none, and says what is missing of others', async () => {
  const db = inMemory<OAuth1Tables>()
  const { schema } = db
  await schema.createTable('oauth_nonce').$call(withNonceColumns).execute()
  await schema.createTable('oauth_temporary_credential').$call(withTemporaryCredentialColumns).execute()
  await schema.createTable('oauth_token_credential').$call(withTokenCredentialColumns).execute()
  const { createTokenCredential, recordTokenUse, listTokens } = kyselyHooks(db)
  const token = { clientId: 'c', oauthToken: 'lasting', oauthTokenSecret: 's' }
  const dead = { ...token, oauthToken: 'dead', expiresAt: now() - 600 }
  const use = { clientId: 'c', oauthToken: 'lasting', lastUsedAt: now() }
  expect(await createTokenCredential(token)).toEqual(token)
  await expect(async () => createTokenCredential(dead)).rejects.toThrow('expires_at')
  await expect(async () => recordTokenUse(use)).rejects.toThrow('last_used_at')
  expect(await sweepExpired(db)).toBe(0)

  for (const column of ['expires_at', 'last_used_at'])
    await db.schema.alterTable('oauth_token_credential').addColumn(column, 'bigint').execute()
  await createTokenExpiryIndex(db)
  await createTokenCredential(dead)
  await recordTokenUse(use)
  expect(await sweepExpired(db)).toBe(0)
  expect(await sweepExpired(db, { tokens: true })).toBe(1)
  expect(await listTokens({})).toEqual([{ ...token, lastUsedAt: use.lastUsedAt }])
})

it('an expired token is found by an index, in a table of any name', async () => {
  const db = await adopted()
  for (const column of ['expires_at', 'last_used_at'])
    await db.schema.alterTable('access').addColumn(column, 'bigint').execute()
  await createTokenExpiryIndex(db, 'access')
  const sql = 'explain query plan select oauth_token from access where expires_at <= 5'
  const plan = await db.executeQuery({ ...db.selectFrom('access').selectAll().compile(), sql })
  expect(JSON.stringify(plan.rows)).toContain('USING INDEX access_expires_at')
})

it('hooks of several stores are composed, and the helpers of old names register them', async () => {
  const db = connect(':memory:')
  opened.push(db)
  await createTables(db)
  const cache = memoryCache()
  const hooks = {
    ...kyselyHooks(db),
    ...nonceHooks(cache),
    ...temporaryCredentialHooks(cache),
  } satisfies Hooks
  await hooks.createTemporaryCredential(credential('in the cache'))
  expect(await db.selectFrom('oauth_temporary_credential').selectAll().execute()).toEqual([])

  const server = new AuthorizationServer()
  server.registerHook('queryClient', createQueryClient(db))
  registerAuthorizationHooks(server, db)
  const protector = new ResourceProtector()
  protector.registerHook('queryClient', createQueryClient(db))
  protector.registerHook('queryToken', createQueryToken(db))
  protector.registerHook('recordNonce', createRecordNonce(db))
  // A complete set of hooks gets as far as the request's own fault.
  const request = { method: 'POST', url: 'https://a.example/', headers: {} }
  expect((await server.createTokenResponse(request)).status).toBe(401)
  await expect(protector.authenticate(request)).rejects.toThrow(/missing_credentials/)
})

const configs = [databaseConfig('sqlite')]
if (await available('postgres')) configs.push(databaseConfig('postgres'))
if (await available('mariadb')) configs.push(databaseConfig('mariadb'))

it('a sweep removes what expired a while ago and no more than its limit', async () => {
  for (const config of configs) {
    await reset(config)
    const db = connect(config)
    const { recordNonce, createTemporaryCredential } = kyselyHooks(db)
    const nonce = (nonce: string, expiresAt: number) =>
      recordNonce({ clientId: 'c', oauthToken: '', timestamp: expiresAt, nonce, expiresAt })
    for (let index = 0; index < 40; index++) await nonce(`${index}`, now() - 1000)
    for (let index = 0; index < 5; index++)
      await createTemporaryCredential(credential(`${index}`, now() - 1000))
    await nonce('within grace', now() - 10)
    await nonce('alive', now() + 300)
    await createTemporaryCredential(credential('alive'))

    expect(await sweepExpired(db, { limit: 10 })).toBe(10)
    const several = await Promise.all([1, 2, 3, 4].map(() => sweepExpired(db, { limit: 20 })))
    let total = several.reduce((sum, removed) => sum + removed, 10)
    for (let removed = -1; removed !== 0; total += removed) removed = await sweepExpired(db)
    expect(total).toBe(45)
    expect(await db.selectFrom('oauth_nonce').selectAll().execute()).toHaveLength(2)
    expect(await db.selectFrom('oauth_temporary_credential').selectAll().execute()).toHaveLength(1)
    expect(await sweepExpired(db, { graceSeconds: 0 })).toBe(1)
    await db.destroy()
    await removeDatabase(config)
  }
}, 60_000)
