import { AuthorizationServer, type Hooks, ResourceProtector } from 'countersign'
import { nonceHooks, temporaryCredentialHooks } from 'countersign/cache'
import { memoryCache } from 'countersign/memory'
import {
  ClientMixin,
  createQueryClient,
  createQueryToken,
  createRecordNonce,
  NonceMixin,
  registerAuthorizationHooks,
  registerNonceHooks,
  sweepExpired,
  TemporaryCredentialMixin,
  TokenCredentialMixin,
  typeormHooks,
} from 'countersign/typeorm'
import {
  BaseEntity,
  Column,
  DataSource,
  Entity,
  JoinColumn,
  type Logger,
  ManyToOne,
  PrimaryColumn,
  PrimaryGeneratedColumn,
} from 'typeorm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { client, signedGet, token } from './signed-request.ts'

class User extends BaseEntity {
  declare id: number
  declare name: string
}
Entity('user')(User)
PrimaryColumn('int')(User.prototype, 'id')
Column('varchar')(User.prototype, 'name')

class Client extends ClientMixin(BaseEntity) {
  declare id: number
  declare owner: User | null
  /** Entities keep their own methods. */
  greeting(): string {
    return `${this.clientId} of ${this.owner?.name}`
  }
}
Entity('oauth_client')(Client)
PrimaryGeneratedColumn()(Client.prototype, 'id')
ManyToOne(() => User, { eager: true })(Client.prototype, 'owner')

class TokenCredential extends TokenCredentialMixin(BaseEntity) {
  declare id: number
  declare user: User | null
}
Entity('oauth_token_credential')(TokenCredential)
PrimaryGeneratedColumn()(TokenCredential.prototype, 'id')
ManyToOne(() => User, { eager: true })(TokenCredential.prototype, 'user')
JoinColumn({ name: 'user_id' })(TokenCredential.prototype, 'user')

class TemporaryCredential extends TemporaryCredentialMixin(BaseEntity) {
  declare id: number
}
Entity('oauth_temporary_credential')(TemporaryCredential)
PrimaryGeneratedColumn()(TemporaryCredential.prototype, 'id')

class Nonce extends NonceMixin(BaseEntity) {}
Entity('oauth_nonce')(Nonce)

const queries: string[] = []
const logQuery = (query: string) => void queries.push(query)
const silent = () => {}
const logger: Logger = {
  logQuery,
  logQueryError: silent,
  logQuerySlow: silent,
  logSchemaBuild: silent,
  logMigration: silent,
  log: silent,
}
const dataSource = new DataSource({
  type: 'better-sqlite3',
  database: ':memory:',
  entities: [User, Client, TokenCredential, TemporaryCredential, Nonce],
  synchronize: true,
  logger,
})
const entities = {
  client: Client,
  tokenCredential: TokenCredential,
  temporaryCredential: TemporaryCredential,
  nonce: Nonce,
}
const hooks = typeormHooks(dataSource, entities)

beforeAll(async () => {
  await dataSource.initialize()
  await User.insert({ id: 7, name: 'Ada' })
  const { clientId, clientSecret } = client
  await Client.insert({ clientId, clientSecret, callbacks: [], owner: { id: 7 } })
  await hooks.createTokenCredential(token)
})
afterAll(() => dataSource.destroy())

it('a protected request is one query for client, token and their eager relations, and one for the nonce', async () => {
  const protector = new ResourceProtector({ hooks })
  queries.length = 0
  const authenticated = await protector.authenticate(signedGet())
  expect(queries.map((query) => query.split(' ')[0])).toEqual(['SELECT', 'INSERT'])
  expect(authenticated.credential?.user?.name).toBe('Ada')
  expect(authenticated.client.greeting()).toBe('demo of Ada')
})

it('the single hooks load the same in one query each', async () => {
  queries.length = 0
  expect((await hooks.queryToken(client.clientId, token.oauthToken))?.user?.name).toBe('Ada')
  expect((await hooks.queryClient(client.clientId))?.owner?.name).toBe('Ada')
  expect(queries).toHaveLength(2)
})

it('a known client with an unknown token is still known', async () => {
  const found = await hooks.queryClientAndToken(client.clientId, 'nobody has it')
  expect(found.client?.clientId).toBe(client.clientId)
  expect(found.token).toBeUndefined()
})

it('hooks can be registered one by one', async () => {
  const server = new AuthorizationServer()
  server.registerHook('queryClient', createQueryClient(dataSource, Client))
  registerAuthorizationHooks(server, dataSource, entities)
  // Complete: a request without credentials is the client's fault, not the configuration's.
  const http = { method: 'POST', url: 'https://h.test/initiate', headers: {} }
  expect((await server.createTemporaryCredentialResponse(http)).status).toBe(401)

  const protector = new ResourceProtector()
  protector.registerHook('queryClient', createQueryClient(dataSource, Client))
  protector.registerHook('queryToken', createQueryToken(dataSource, TokenCredential))
  protector.registerHook('recordNonce', createRecordNonce(dataSource, Nonce))
  registerNonceHooks(protector, dataSource, Nonce)
  expect((await protector.authenticate(signedGet())).credential).toMatchObject({ userId: 7 })
})

it('nonces and temporary credentials can be left to a cache', async () => {
  const cache = memoryCache()
  const hooks = {
    ...typeormHooks(dataSource, { client: Client, tokenCredential: TokenCredential }),
    ...nonceHooks(cache),
    ...temporaryCredentialHooks(cache),
  } satisfies Hooks
  const protector = new ResourceProtector({ hooks })
  queries.length = 0
  await protector.authenticate(signedGet())
  expect(queries).toHaveLength(1)
})

it('a failure of the database is an error, not a replay', async () => {
  await dataSource.query('alter table oauth_nonce rename to hidden')
  const record = { clientId: 'c', oauthToken: '', timestamp: 1, nonce: 'n', expiresAt: 2 }
  await expect(hooks.recordNonce(record)).rejects.toThrow('no such table')
  await dataSource.query('alter table hidden rename to oauth_nonce')
})

it('an entity without the columns of a token life keeps tokens that have none, and says what is missing of others', async () => {
  const mortal = { ...token, oauthToken: 'mortal' }
  for (const time of ['expiresAt', 'lastUsedAt'] as const) {
    const error = `The table of token credentials has no column ${time}, `
    await expect(hooks.createTokenCredential({ ...mortal, [time]: 100 })).rejects.toThrow(error)
    await expect(
      hooks.exchangeTemporaryCredential?.('temporary', { ...mortal, [time]: 100 }),
    ).rejects.toThrow(error)
  }
  const { clientId, oauthToken } = token
  const use = { clientId, oauthToken, lastUsedAt: 100 }
  await expect(async () => hooks.recordTokenUse(use)).rejects.toThrow('add tokenLifeColumns()')
  expect(await hooks.createTokenCredential({ ...mortal, expiresAt: null })).toMatchObject(mortal)
  await expect(sweepExpired(dataSource, { entities, tokens: true })).rejects.toThrow('TokenLifeMixin')
  const without = { nonce: Nonce }
  await expect(sweepExpired(dataSource, { entities: without, tokens: true })).rejects.toThrow(
    'tokenCredential',
  )
})

it('sweeps what has expired, by the index, so many at a time and nothing else', async () => {
  await Nonce.clear()
  const rows = Array.from({ length: 8 }, (_, n) => ({ nonceKey: `n${n}`, expiresAt: 1000 + n }))
  await Nonce.insert(rows)
  const credential = { clientId: 'c', oauthTokenSecret: 's', oauthCallback: 'oob' }
  await TemporaryCredential.insert([
    { ...credential, oauthToken: 'dead', expiresAt: 1000 },
    { ...credential, oauthToken: 'alive', expiresAt: 2000 },
  ])
  const options = { limit: 4, graceSeconds: 0, now: () => 1005 }
  expect(await sweepExpired(dataSource, { entities, ...options })).toBe(4)
  expect(await sweepExpired(dataSource, { entities, ...options })).toBe(3)
  expect(await sweepExpired(dataSource, { entities, ...options })).toBe(0)
  expect((await Nonce.find()).map(({ nonceKey }) => nonceKey)).toEqual(['n6', 'n7'])
  expect((await TemporaryCredential.find()).map(({ oauthToken }) => oauthToken)).toEqual(['alive'])
  const plan = await dataSource.query('explain query plan select * from oauth_nonce where expires_at <= 5')
  expect(JSON.stringify(plan)).toContain('USING INDEX')
})
