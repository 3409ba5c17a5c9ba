import Database from 'better-sqlite3'
import { AuthorizationServer, ConfigurationError, type Hooks, ResourceProtector } from 'countersign'
import { nonceHooks, temporaryCredentialHooks } from 'countersign/cache'
import * as pg from 'countersign/drizzle/pg'
import {
  clientColumns,
  createQueryClient,
  createQueryToken,
  createRecordNonce,
  type DrizzleDatabase,
  drizzleHooks,
  type NonceTable,
  registerAuthorizationHooks,
  sweepExpired,
  type TemporaryCredentialTable,
  type TokenCredentialTable,
  tokenCredentialColumns,
} from 'countersign/drizzle/sqlite'
import { memoryCache } from 'countersign/memory'
import { relations } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { pgTable } from 'drizzle-orm/pg-core'
import { getTableConfig, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { expect, expectTypeOf, it } from 'vitest'
import { ThirdParty } from '../../../../test/support/third-party.ts'
import { available } from '../services.ts'
import { databaseConfig } from './backends/databases.ts'
import { tableStatements } from './backends/drizzle-ddl.ts'
import * as mysqlBackend from './backends/drizzle-mysql.ts'
import * as pgBackend from './backends/drizzle-pg.ts'
import * as sqliteBackend from './backends/drizzle-sqlite.ts'

const now = () => Math.floor(Date.now() / 1000)

const user = sqliteTable('user', { id: integer('id').primaryKey(), name: text('name').notNull() })
const client = sqliteTable('application', { ...clientColumns(), owner: text('owner').notNull() })
const tokenCredential = sqliteTable('access', {
  id: integer('id').primaryKey(),
  ...tokenCredentialColumns(),
  userId: integer('user_id').references(() => user.id),
  note: text('note'),
})
const tokenRelations = relations(tokenCredential, ({ one }) => ({
  user: one(user, { fields: [tokenCredential.userId], references: [user.id] }),
}))
const schema = { user, client, tokenCredential, tokenRelations }

/** A database with a client, a token and its user; and every statement that is run on it. */
async function prepared() {
  const file = new Database(':memory:')
  const statements: string[] = []
  const db = drizzle(file, { schema, logger: { logQuery: (query) => void statements.push(query) } })
  for (const table of [user, client, tokenCredential])
    for (const statement of tableStatements(getTableConfig(table))) file.exec(statement)
  await db.insert(user).values({ id: 9, name: 'Ada' })
  await db.insert(client).values({ clientId: 'c', clientSecret: 's', callbacks: [], owner: 'Grace' })
  await db
    .insert(tokenCredential)
    .values({ clientId: 'c', oauthToken: 't', oauthTokenSecret: 'ts', userId: 9 })
  statements.length = 0
  return { db, file, statements }
}

const signer = new ThirdParty({ key: 'c', secret: 's' })
function signed() {
  const request = { method: 'GET', url: 'https://api.example/me' }
  const token = { key: 't', secret: 'ts' }
  return { ...request, headers: { authorization: signer.authorization('GET', request.url, { token }) } }
}

it('client, token and user are loaded in one query, with the types of their rows', async () => {
  const { db, statements } = await prepared()
  const hooks = { ...drizzleHooks(db, { client, tokenCredential, user }), ...nonceHooks(memoryCache()) }
  const protector = new ResourceProtector({ hooks })
  const { client: found, credential } = await protector.authenticate(signed())
  expect(statements).toHaveLength(1)
  expect(found).toMatchObject({ clientId: 'c', owner: 'Grace' })
  expect(credential).toMatchObject({ id: 1, oauthToken: 't', note: null, user: { id: 9, name: 'Ada' } })
  expectTypeOf(found.owner).toEqualTypeOf<string>()
  expectTypeOf(credential?.note).toEqualTypeOf<string | null | undefined>()
  expectTypeOf(credential?.user?.name).toEqualTypeOf<string | undefined>()
  expect(await hooks.queryToken('c', 't')).toMatchObject({ ...credential })
})

it('a relational query of your own takes the place of a hook', async () => {
  const { db, statements } = await prepared()
  const withUser = {
    ...drizzleHooks(db, { client }),
    ...nonceHooks(memoryCache()),
    queryToken: (clientId: string, oauthToken: string) =>
      db.query.tokenCredential.findFirst({
        where: (token, { and, eq }) => and(eq(token.clientId, clientId), eq(token.oauthToken, oauthToken)),
        with: { user: true },
      }),
  }
  const protector = new ResourceProtector({ hooks: withUser })
  const { credential } = await protector.authenticate(signed())
  expect(credential?.user?.name).toBe('Ada')
  expect(statements).toHaveLength(2)
})

it('of tables that are left out, the hooks are left out, for the compiler too', async () => {
  const { db } = await prepared()
  const cache = memoryCache()
  const hooks = {
    ...drizzleHooks(db, { client, tokenCredential }),
    ...nonceHooks(cache),
    ...temporaryCredentialHooks(cache),
  } satisfies Hooks
  expect(Object.keys(drizzleHooks(db, { client }))).toEqual(['queryClient'])
  // @ts-expect-error: without their table there is no hook for tokens
  expect(drizzleHooks(db, { client }).queryToken).toBeUndefined()
  // @ts-expect-error: a table without our columns is no table of clients
  expect(() => drizzleHooks(db, { client: user })).toThrow(/clientSecret/)
  const created = await hooks.createTokenCredential({ clientId: 'c', oauthToken: 'n', oauthTokenSecret: 'x' })
  expect(created).toEqual({
    id: 2,
    clientId: 'c',
    oauthToken: 'n',
    oauthTokenSecret: 'x',
    scope: null,
    userId: null,
    note: null,
  })
})

it('the helpers of old names register hooks that are complete', async () => {
  const { temporaryCredential, tokenCredential, nonce, client } = sqliteBackend
  const { db, close } = sqliteBackend.connect(':memory:')
  const server = new AuthorizationServer()
  server.registerHook('queryClient', createQueryClient(db, client))
  registerAuthorizationHooks(server, db, { nonce, temporaryCredential, tokenCredential })
  const protector = new ResourceProtector()
  protector.registerHook('queryClient', createQueryClient(db, client))
  protector.registerHook('queryToken', createQueryToken(db, tokenCredential))
  protector.registerHook('recordNonce', createRecordNonce(db, nonce))
  const request = { method: 'POST', url: 'https://a.example/', headers: {} }
  expect((await server.createTokenResponse(request)).status).toBe(401)
  await expect(protector.authenticate(request)).rejects.toThrow(/missing_credentials/)
  await close()
})

it('a table without the columns of a token life keeps tokens that have none, and says what is missing of others', async () => {
  const { db } = await prepared()
  const { createTokenCredential, recordTokenUse } = drizzleHooks(db, { tokenCredential })
  const token = { clientId: 'c', oauthToken: 'mortal', oauthTokenSecret: 'x' }
  for (const time of ['expiresAt', 'lastUsedAt'] as const) {
    const error = `The table of token credentials has no column ${time}, `
    await expect(createTokenCredential({ ...token, [time]: now() })).rejects.toThrow(error)
  }
  const use = { clientId: 'c', oauthToken: 't', lastUsedAt: now() }
  await expect(recordTokenUse(use)).rejects.toThrow('add tokenLifeColumns()')
  expect(await createTokenCredential({ ...token, expiresAt: null })).toMatchObject(token)
  const tables = { tokenCredential }
  expect(await sweepExpired(db, { tables })).toBe(0)
  await expect(sweepExpired(db, { tables, tokens: true })).rejects.toThrow('add tokenLifeColumns()')
  await expect(sweepExpired(db, { tables: {}, tokens: true })).rejects.toThrow('tokenCredential')
})

it('an exchange for a token whose end cannot be kept is refused, and leaves the approval', async () => {
  const { temporaryCredential } = sqliteBackend
  const { db, file } = await prepared()
  for (const statement of tableStatements(getTableConfig(temporaryCredential))) file.exec(statement)
  const hooks = drizzleHooks(db, { temporaryCredential, tokenCredential })
  const temporary = { clientId: 'c', oauthToken: 'waiting', oauthTokenSecret: 's', oauthCallback: 'oob' }
  await hooks.createTemporaryCredential({ ...temporary, expiresAt: now() + 600 })
  const token = { clientId: 'c', oauthToken: 'n', oauthTokenSecret: 'x', expiresAt: now() + 600 }
  const exchange = async () => hooks.exchangeTemporaryCredential?.('waiting', token)
  await expect(exchange()).rejects.toBeInstanceOf(ConfigurationError)
  expect(await hooks.getTemporaryCredential('waiting')).toMatchObject(temporary)
})

it('names columns as the other stores and Authlib do', () => {
  const table = pgTable('oauth_client', pg.clientColumns())
  expect(table.callbacks.name).toBe('default_redirect_uri')
  expect(Object.values(pgBackend.temporaryCredential).map((column) => column?.name)).toContain('expires_at')
})

/** What the three backends have in common. */
interface DrizzleBackend {
  readonly nonce: NonceTable
  readonly temporaryCredential: TemporaryCredentialTable
  readonly tokenCredential: TokenCredentialTable
  readonly reset: (config: string) => Promise<void>
  readonly connect: (config: string) => { db: DrizzleDatabase; close: () => Promise<void> }
  readonly remove: (config: string) => Promise<void>
}
const backends: [string, DrizzleBackend, string][] = [['SQLite', sqliteBackend, databaseConfig('sqlite')]]
if (await available('postgres')) backends.push(['PostgreSQL', pgBackend, databaseConfig('postgres')])
else backends.push(['PGlite', pgBackend, 'pglite:tables'])
if (await available('mariadb')) backends.push(['MariaDB', mysqlBackend, databaseConfig('mariadb')])

it.each(backends)('%s: a sweep is bounded', async (_name, backend, config) => {
  await backend.reset(config)
  const { db, close } = backend.connect(config)
  const { nonce, temporaryCredential, tokenCredential } = backend
  const hooks = drizzleHooks(db, { nonce, temporaryCredential, tokenCredential })

  const record = (nonce: string, expiresAt: number) =>
    hooks.recordNonce({ clientId: 'c', oauthToken: '', timestamp: expiresAt, nonce, expiresAt })
  for (let index = 0; index < 20; index++) await record(`${index}`, now() - 1000)
  await record('within grace', now() - 10)
  await record('alive', now() + 300)
  const temporary = { clientId: 'c', oauthTokenSecret: 's', oauthCallback: 'oob' }
  await hooks.createTemporaryCredential({ ...temporary, oauthToken: 'old', expiresAt: now() - 1000 })
  await hooks.createTemporaryCredential({ ...temporary, oauthToken: 'new', expiresAt: now() + 1000 })
  const sweep = (limit: number) => sweepExpired(db, { tables: { nonce, temporaryCredential }, limit })
  expect(await sweep(5)).toBe(5)
  const several = await Promise.all([sweep(8), sweep(8), sweep(8)])
  let total = several.reduce((sum, removed) => sum + removed, 5)
  for (let removed = -1; removed !== 0; total += removed) removed = await sweep(100)
  expect(total).toBe(21)
  expect(await hooks.getTemporaryCredential('new')).toBeDefined()
  await close()
  await backend.remove(config)
})
