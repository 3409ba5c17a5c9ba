import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3'
import { PrismaMariaDb } from '@prisma/adapter-mariadb'
import { PrismaPg } from '@prisma/adapter-pg'
import {
  clientRow,
  type PrismaHookOptions,
  type PrismaTransaction,
  prismaHooks,
  sweepExpired,
} from 'countersign/prisma'
import type { OpenStore } from '../backend.ts'
import { createDatabase, removeDatabase } from './databases.ts'
import { generatedClient, type PrismaProvider } from './prisma-generate.ts'
import { createTables } from './prisma-tables.ts'

/** A generated client: it is made when the tests run, so its types are not there when they are compiled. */
// biome-ignore lint/suspicious/noExplicitAny: the example's generated client is checked against our types
export type AnyPrismaClient = any

/** `config`: a file name, or the URL of a PostgreSQL or MariaDB database. @param log - Hears every statement. */
export async function connect(
  config: string,
  log?: (sql: string) => void,
  errorFormat: 'minimal' | 'colorless' = 'minimal',
): Promise<AnyPrismaClient> {
  const { PrismaClient } = await import(await generatedClient(providerOf(config)))
  const prisma = new PrismaClient({
    adapter: adapterFor(config),
    errorFormat,
    log: log ? [{ emit: 'event', level: 'query' }] : [],
  })
  if (log) prisma.$on('query', ({ query }: { query: string }) => log(query))
  if (providerOf(config) === 'sqlite') await prisma.$queryRawUnsafe('pragma journal_mode = wal')
  return prisma
}

function providerOf(config: string): PrismaProvider {
  if (config.startsWith('postgres:')) return 'postgresql'
  return config.startsWith('mysql:') ? 'mysql' : 'sqlite'
}

function adapterFor(config: string) {
  switch (providerOf(config)) {
    case 'postgresql':
      return new PrismaPg({ connectionString: config, max: 6 })
    case 'mysql':
      return new PrismaMariaDb(config.replace('mysql:', 'mariadb:'))
    case 'sqlite':
      return new PrismaBetterSqlite3({ url: `file:${config}` })
  }
}

/** The models of `prismaSchema`, as the generated client names them. */
export function modelsOf(prisma: AnyPrismaClient) {
  return {
    client: prisma.oauthClient,
    tokenCredential: prisma.oauthTokenCredential,
    temporaryCredential: prisma.oauthTemporaryCredential,
    nonce: prisma.oauthNonce,
  }
}

/** The example's queries of its own: client, token and user in one, as the guide has it. */
export async function userQueries(prisma: AnyPrismaClient): Promise<Required<Queries>> {
  // It imports the types of the example's generated client, which are not there when this is compiled.
  const example = new URL('../../../../../examples/prisma/src/join.ts', import.meta.url)
  const { joinedQuery } = await import(example.href)
  return {
    findToken: (where) => prisma.oauthTokenCredential.findFirst({ where, include: { user: true } }),
    findClientWithToken: joinedQuery(prisma),
  }
}

/** The example's transaction, as the guide has it. */
async function transactionOn(prisma: AnyPrismaClient): Promise<PrismaTransaction> {
  const example = new URL('../../../../../examples/prisma/src/transaction.ts', import.meta.url)
  return (await import(example.href)).transactionOn(prisma)
}

type Queries = Pick<PrismaHookOptions, 'findToken' | 'findClientWithToken'>

export async function reset(config: string): Promise<void> {
  await createDatabase(config)
  const prisma = await connect(config)
  for (const statement of createTables(providerOf(config))) await prisma.$executeRawUnsafe(statement)
  await prisma.$disconnect()
}

export async function open(config: string): Promise<OpenStore> {
  const prisma = await connect(config)
  const hooks = prismaHooks(modelsOf(prisma), {
    ...(await userQueries(prisma)),
    // One connection for all requests: see the guide.
    ...(providerOf(config) === 'sqlite' ? {} : { transaction: await transactionOn(prisma) }),
  })
  return {
    hooks,
    addClient: async ({ clientId, clientSecret, ...rest }) => {
      // The least that an application may write: the columns bring the rest.
      const isLeast = Object.keys(rest).length === 0
      const data = isLeast ? { clientId, clientSecret } : clientRow({ clientId, clientSecret, ...rest })
      await prisma.oauthClient.create({ data })
    },
    addToken: async (token) => void (await hooks.createTokenCredential(token)),
    sweep: (limit, tokens = false) => sweepExpired(modelsOf(prisma), { limit, tokens }),
    close: () => prisma.$disconnect(),
  }
}

export const remove = removeDatabase
