import { type Hooks, ResourceProtector } from 'countersign'
import { nonceHooks } from 'countersign/cache'
import { memoryCache } from 'countersign/memory'
import { clientRow, prismaHooks } from 'countersign/prisma'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { available } from '../services.ts'
import { databaseConfig } from './backends/databases.ts'
import {
  type AnyPrismaClient,
  connect,
  modelsOf,
  remove,
  reset,
  userQueries,
} from './backends/prisma-client.ts'
import { client, signedGet, token } from './signed-request.ts'

const rsaClient = {
  clientId: 'rsa',
  rsaPublicKey: { kty: 'RSA', n: 'sXch', e: 'AQAB' },
  callbacks: ['a://b'],
}
const rsaToken = { clientId: 'rsa', oauthToken: 'rsa-token', oauthTokenSecret: '', scope: 'a b' }

const databases = [
  'sqlite' as const,
  ...((await available('postgres')) ? ['postgres' as const] : []),
  ...((await available('mariadb')) ? ['mariadb' as const] : []),
]

describe.each(databases)("the guide's one query for Prisma on %s", (database) => {
  const config = databaseConfig(database)
  const statements: string[] = []
  let prisma: AnyPrismaClient
  let joined: Hooks
  let apart: Hooks
  beforeAll(async () => {
    await reset(config)
    prisma = await connect(config, (sql) => statements.push(sql))
    const { findToken, findClientWithToken } = await userQueries(prisma)
    joined = prismaHooks(modelsOf(prisma), { findToken, findClientWithToken })
    apart = prismaHooks(modelsOf(prisma), { findToken })
    for (const row of [client, rsaClient, { clientId: 'no-tokens' }])
      await prisma.oauthClient.create({ data: clientRow(row) })
    for (const row of [token, rsaToken]) await joined.createTokenCredential(row)
  })
  afterAll(async () => {
    await prisma.$disconnect()
    await remove(config)
  })

  /** The first words of what was sent to the database in the meantime. */
  const sent = async (run: () => Promise<unknown>) => {
    statements.length = 0
    await run()
    return statements.map((sql) => sql.trim().split(/\s/)[0]?.toUpperCase())
  }
  const authenticated = (hooks: Hooks) => async () => {
    const { credential } = await new ResourceProtector({ hooks }).authenticate(signedGet())
    expect(credential).toMatchObject({ userId: 7 })
  }

  it('a protected request is one query for client, token and user, and one for the nonce', async () => {
    expect(await sent(authenticated(joined))).toEqual(['SELECT', 'INSERT'])
  })

  it('a protected request is one query where nonces are in a cache', async () => {
    const hooks = { ...joined, ...nonceHooks(memoryCache()) }
    expect(await sent(authenticated(hooks))).toEqual(['SELECT'])
  })

  it('without it, client and token are two queries', async () => {
    const hooks = prismaHooks(modelsOf(prisma))
    expect(await sent(authenticated(hooks))).toEqual(['SELECT', 'SELECT', 'INSERT'])
  })

  it('the user comes with the token, and an RSA key as it was registered', async () => {
    const user = { id: 7, name: 'Ada' }
    expect(await joined.queryClientAndToken?.('demo', 'token')).toMatchObject({
      client,
      token: { ...token, user },
    })
    const expected = { client: rsaClient, token: { ...rsaToken, userId: null, user: null } }
    expect(await joined.queryClientAndToken?.('rsa', 'rsa-token')).toMatchObject(expected)
  })

  it('what a collation takes for the same is not the same', async () => {
    const { findClientWithToken } = await userQueries(prisma)
    const folding = prismaHooks(modelsOf(prisma), {
      findClientWithToken: (where) =>
        findClientWithToken({
          clientId: where.clientId.toLowerCase(),
          oauthToken: where.oauthToken.toLowerCase(),
        }),
    })
    expect(await folding.queryClientAndToken?.('demo', 'token')).toMatchObject({ client, token })
    const found = await folding.queryClientAndToken?.('demo', 'TOKEN')
    expect([found?.client?.clientId, found?.token]).toEqual(['demo', undefined])
    expect(await folding.queryClientAndToken?.('DEMO', 'token')).toEqual({})
  })

  it.each([
    ['a client and its token', 'demo', 'token'],
    ['a client with an RSA key, and a token without a user', 'rsa', 'rsa-token'],
    ['an unknown token of a known client', 'demo', 'unknown'],
    ['a client without tokens', 'no-tokens', 'unknown'],
    ["another client's token", 'rsa', 'token'],
    ['an unknown client', 'unknown', 'token'],
    ['identifiers in another case', 'DEMO', 'TOKEN'],
    ['quotes in identifiers', "' or ''='", '" or ""="'],
    ['a client that no column can hold', '\0', 'token'],
    ['a token that no column can hold', 'demo', '\0'],
  ])('is one query, and returns what the queries one by one return: %s', async (_, clientId, oauthToken) => {
    const expected = {
      client: await apart.queryClient(clientId),
      token: await apart.queryToken(clientId, oauthToken),
    }
    const check = async () =>
      expect(await joined.queryClientAndToken?.(clientId, oauthToken)).toEqual(expected)
    expect(await sent(check)).toEqual(['SELECT'])
  })
})
