import { DatabaseSync } from 'node:sqlite'
import { AuthorizationServer, type Hooks, ResourceProtector } from 'countersign'
import { nonceHooks, temporaryCredentialHooks } from 'countersign/cache'
import {
  createQueryClient,
  createQueryToken,
  createRecordNonce,
  createTokenExpiryIndex,
  kyselyHooks,
  nodeSqlite,
  type OAuth1Tables,
  registerAuthorizationHooks,
  sweepExpired,
  withNonceColumns,
  withTemporaryCredentialColumns,
  withTokenCredentialColumns,
} from 'countersign/kysely'
import { memoryCache } from 'countersign/memory'
import { CamelCasePlugin, type Generated, Kysely, type LogEvent, SqliteDialect } from 'kysely'
import { afterEach, expect, expectTypeOf, it, vi } from 'vitest'
import { available } from '../services.ts'
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
const opened: { destroy(): Promise<void> }[] = []
afterEach(async () => {
  for (const db of opened.splice(0)) await db.destroy()
})

function inMemory<DB>(options: { log?: (event: LogEvent) => void; camelCase?: boolean } = {}) {
  const db = new Kysely<DB>({
    dialect: new SqliteDialect({ database: nodeSqlite(new DatabaseSync(':memory:')) }),
    ...(options.log ? { log: options.log } : {}),
    ...(options.camelCase ? { plugins: [new CamelCasePlugin()] } : {}),
  })
  opened.push(db)
  return db
}

/** Tables as Authlib's mixins make them: no RSA key, no scope, and columns of the application's own. */
interface Adopted {
  application: {
    id: Generated<number>
    client_id: string
    client_secret: string
    default_redirect_uri: string
    user_id: number
    name: string
  }
  access: {
    id: Generated<number>
    client_id: string
    oauth_token: string
    oauth_token_secret: string
    user_id: number
    note: string | null
  }
}

async function adopted(log?: (event: LogEvent) => void, camelCase = false) {
  const db = inMemory<Adopted>({ ...(log ? { log } : {}), camelCase })
  const text = [
    `create table application (id integer primary key, client_id varchar(48), client_secret varchar(120) not null,
       default_redirect_uri text not null, user_id integer, name text)`,
    `create table access (id integer primary key, client_id varchar(48), oauth_token varchar(84) unique,
       oauth_token_secret varchar(84), user_id integer, note text)`,
    "insert into application values (1, 'c', 's', 'https://a.example/ready', 7, 'Printer')",
    "insert into access values (5, 'c', 't', 'ts', 9, null)",
  ]
  for (const sql of text) await db.executeQuery({ ...db.selectFrom('access').selectAll().compile(), sql })
  return db
}

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

it('client and token are one query from the second request on, though both tables have an id', async () => {
  const statements: string[] = []
  const db = await adopted((event) => statements.push(event.query.sql))
  const hooks = kyselyHooks(db, { tables: { client: 'application', tokenCredential: 'access' } })
  const first = await hooks.queryClientAndToken('c', 't')
  expect(first).toEqual({ client: await hooks.queryClient('c'), token: await hooks.queryToken('c', 't') })
  statements.length = 0
  expect(await hooks.queryClientAndToken('c', 't')).toEqual(first)
  expect(statements).toHaveLength(1)

  await db.schema.alterTable('access').dropColumn('note').execute()
  expect((await hooks.queryClientAndToken('c', 't')).token).not.toHaveProperty('note')
  statements.length = 0
  expect((await hooks.queryClientAndToken('c', 't')).token).not.toHaveProperty('note')
  expect(statements).toHaveLength(1)
})

it('a column that is added while the process runs is there within a minute', async () => {
  const db = await adopted()
  const hooks = kyselyHooks(db, { tables: { client: 'application', tokenCredential: 'access' } })
  vi.useFakeTimers({ toFake: ['performance'] })
  try {
    await hooks.queryClientAndToken('c', 't')
    await db.schema.alterTable('access').addColumn('revoked_at', 'integer').execute()
    await db.schema.alterTable('application').addColumn('suspended', 'integer').execute()
    vi.advanceTimersByTime(60_000)
    expect(await hooks.queryClientAndToken('c', 't')).toMatchObject({
      client: { suspended: null },
      token: { revoked_at: null },
    })
  } finally {
    vi.useRealTimers()
  }
})

it("a database with Kysely's CamelCasePlugin is read and written alike", async () => {
  const db = await adopted(undefined, true)
  const hooks = kyselyHooks(db, { tables: { client: 'application', tokenCredential: 'access' } })
  for (let call = 0; call < 2; call++) {
    const { client, token } = await hooks.queryClientAndToken('c', 't')
    expect(client).toMatchObject({ clientId: 'c', callbacks: ['https://a.example/ready'], name: 'Printer' })
    expect(token).toMatchObject({ oauthToken: 't', oauthTokenSecret: 'ts', userId: 9 })
  }
})

it.each([
  ['address_2', 'address2', true],
  ['HomeURL', 'HomeURL', true],
  ['home.url', 'home.url', false],
  ['known as home', 'known as home', false],
])('a column %s, which no query can name, is read with every request', async (column, read, camelCase) => {
  const statements: string[] = []
  const db = await adopted((event) => statements.push(event.query.sql), camelCase)
  const sql = `alter table application add column "${column}" text default 'here'`
  await db.executeQuery({ ...db.selectFrom('access').selectAll().compile(), sql })
  const hooks = kyselyHooks(db, { tables: { client: 'application', tokenCredential: 'access' } })
  vi.useFakeTimers({ toFake: ['performance'] })
  try {
    for (let call = 0; call < 4; call++) {
      const { client, token } = await hooks.queryClientAndToken('c', 't')
      expect([client, token]).toMatchObject([{ clientId: 'c', [read]: 'here' }, { oauthToken: 't' }])
    }
    const joins = () => statements.filter((statement) => statement.includes('left join')).length
    expect(joins()).toBe(1)
    vi.advanceTimersByTime(60_000)
    for (let call = 0; call < 4; call++) await hooks.queryClientAndToken('c', 't')
    expect(joins()).toBe(2)
  } finally {
    vi.useRealTimers()
  }
})

it('a failure of the store reaches the caller, also after a join', async () => {
  const statements: string[] = []
  const db = await adopted((event) => statements.push(event.query.sql))
  const hooks = kyselyHooks(db, { tables: { client: 'application', tokenCredential: 'access' } })
  for (let call = 0; call < 2; call++) await hooks.queryClientAndToken('c', 't')
  await db.schema.alterTable('access').renameTo('away').execute()
  statements.length = 0
  for (let call = 0; call < 3; call++)
    await expect(hooks.queryClientAndToken('c', 't')).rejects.toThrow('no such table: access')
  expect(statements.filter((statement) => statement.includes('left join'))).toHaveLength(1)
  await db.schema.alterTable('away').renameTo('access').execute()
  for (let call = 0; call < 2; call++) await hooks.queryClientAndToken('c', 't')
  expect(statements.at(-1)).toContain('left join')
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
