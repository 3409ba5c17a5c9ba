import { inspect } from 'node:util'
import { AuthorizationServer, ConfigurationError, type Hooks, ResourceProtector } from 'countersign'
import { nonceHooks, temporaryCredentialHooks } from 'countersign/cache'
import { memoryCache } from 'countersign/memory'
import {
  clientRow,
  createQueryClient,
  createQueryToken,
  createRecordNonce,
  prismaHooks,
  prismaSchema,
  registerAuthorizationHooks,
  registerNonceHooks,
  sweepExpired,
} from 'countersign/prisma'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { available } from '../services.ts'
import { databaseConfig } from './backends/databases.ts'
import { type AnyPrismaClient, connect, modelsOf, remove, reset } from './backends/prisma-client.ts'
import { client, signedGet, token } from './signed-request.ts'

describe('Prisma on SQLite', () => {
  const config = databaseConfig('sqlite')
  let prisma: AnyPrismaClient
  beforeAll(async () => {
    await reset(config)
    prisma = await connect(config)
    await prisma.oauthClient.create({ data: clientRow(client) })
    await prismaHooks(modelsOf(prisma)).createTokenCredential(token)
  })
  afterAll(async () => {
    await prisma.$disconnect()
    await remove(config)
  })

  it('hooks can be registered one by one', async () => {
    const models = modelsOf(prisma)
    const server = new AuthorizationServer()
    server.registerHook('queryClient', createQueryClient(models.client))
    registerAuthorizationHooks(server, models)
    // Complete: a request without credentials is the client's fault, not the configuration's.
    const http = { method: 'POST', url: 'https://h.test/initiate', headers: {} }
    expect((await server.createTemporaryCredentialResponse(http)).status).toBe(401)

    const protector = new ResourceProtector()
    protector.registerHook('queryClient', createQueryClient(models.client))
    protector.registerHook('queryToken', createQueryToken(models.tokenCredential))
    protector.registerHook('recordNonce', createRecordNonce(models.nonce))
    registerNonceHooks(protector, models.nonce)
    expect((await protector.authenticate(signedGet())).credential).toMatchObject({ userId: 7 })
  })

  it('nonces and temporary credentials can be left to a cache', async () => {
    const cache = memoryCache()
    const hooks = {
      ...prismaHooks({ client: prisma.oauthClient, tokenCredential: prisma.oauthTokenCredential }),
      ...nonceHooks(cache),
      ...temporaryCredentialHooks(cache),
    } satisfies Hooks
    const protector = new ResourceProtector({ hooks })
    expect((await protector.authenticate(signedGet())).credential).toMatchObject({ userId: 7 })
  })

  it('a failure of the database is an error, not a replay', async () => {
    const hooks = prismaHooks(modelsOf(prisma))
    await prisma.$executeRawUnsafe('alter table oauth_nonce rename to hidden')
    const record = { clientId: 'c', oauthToken: '', timestamp: 1, nonce: 'n', expiresAt: 2 }
    await expect(async () => hooks.recordNonce(record)).rejects.toMatchObject({ code: 'P2021' })
    await prisma.$executeRawUnsafe('alter table hidden rename to oauth_nonce')
  })

  it('a value that Prisma refuses is told without the values beside it', async () => {
    const talkative = await connect(config, undefined, 'colorless')
    const { createTokenCredential } = prismaHooks(modelsOf(talkative))
    const wrong = { ...token, oauthTokenSecret: 'do-not-log-me', userId: 'not an integer' }
    const error = await Promise.resolve(createTokenCredential(wrong)).catch((error: unknown) => error)
    expect((error as Error).message).toContain('userId')
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('do-not-log-me')
    await talkative.$disconnect()
  })

  it('sweeps what has expired, so many at a time and nothing else', async () => {
    const models = modelsOf(prisma)
    await prisma.oauthNonce.deleteMany()
    const rows = Array.from({ length: 8 }, (_, n) => ({ nonceKey: `n${n}`, expiresAt: 1000 + n }))
    await prisma.oauthNonce.createMany({ data: rows })
    const credential = { clientId: 'c', oauthTokenSecret: 's', oauthCallback: 'oob' }
    await prisma.oauthTemporaryCredential.createMany({
      data: [
        { ...credential, oauthToken: 'dead', expiresAt: 1000 },
        { ...credential, oauthToken: 'alive', expiresAt: 2000 },
      ],
    })
    const options = { limit: 4, graceSeconds: 0, now: () => 1005 }
    expect(await sweepExpired(models, options)).toBe(4)
    expect(await sweepExpired(models, options)).toBe(3)
    expect(await sweepExpired(models, options)).toBe(0)
    expect(await prisma.oauthNonce.count()).toBe(2)
    expect(await prisma.oauthTemporaryCredential.count()).toBe(1)
  })
})

if (await available('postgres')) {
  describe('Prisma on PostgreSQL', () => {
    const config = databaseConfig('postgres')
    afterAll(() => remove(config))

    it("with Prisma's own join, a protected request is one query, and one for the nonce", async () => {
      await reset(config)
      const queries: string[] = []
      const prisma = await connect(config, (sql) => queries.push(sql))
      const models = modelsOf(prisma)
      const hooks = prismaHooks(models, {
        findClientWithToken: ({ clientId, oauthToken }) =>
          prisma.oauthClient.findFirst({
            where: { clientId },
            include: { tokens: { where: { oauthToken }, include: { user: true } } },
            relationLoadStrategy: 'join',
          }),
      })
      await prisma.oauthClient.create({ data: clientRow(client) })
      await hooks.createTokenCredential(token)
      const protector = new ResourceProtector({ hooks })
      queries.length = 0
      const { credential } = await protector.authenticate(signedGet())
      expect(queries.map((query) => query.split(' ')[0])).toEqual(['SELECT', 'INSERT'])
      expect(credential).toMatchObject({ userId: 7, user: { name: 'Ada' } })
      await prisma.$disconnect()
    })

    it('several processes can sweep at once', async () => {
      const stores = await Promise.all([1, 2, 3, 4].map(() => connect(config)))
      const data = Array.from({ length: 2000 }, (_, n) => ({ nonceKey: `k${n}`, expiresAt: n }))
      await stores[0].oauthNonce.createMany({ data })
      const swept = await Promise.all(stores.map((prisma) => sweepExpired(modelsOf(prisma), { limit: 500 })))
      const left = await stores[0].oauthNonce.count({ where: { expiresAt: { lt: 2000 } } })
      expect(swept.reduce((sum, count) => sum + count, 0)).toBe(2000 - left)
      await Promise.all(stores.map((prisma) => prisma.$disconnect()))
    })
  })
}

describe('prismaSchema', () => {
  it('fits the database that it is for', () => {
    expect(prismaSchema({ provider: 'mysql' })).toContain('@db.VarChar(255)')
    expect(prismaSchema({ provider: 'mysql' })).toContain('COLLATE utf8mb4_0900_bin')
    expect(prismaSchema({ provider: 'postgresql' })).not.toContain('@db.')
  })

  it('refuses what it does not know', () => {
    expect(() => prismaSchema({ provider: 'mongodb' as 'mysql' })).toThrow(ConfigurationError)
    expect(() => prismaSchema({ user: 'User {} model Evil' })).toThrow(ConfigurationError)
  })
})
