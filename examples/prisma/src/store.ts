import { readFile } from 'node:fs/promises'
import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3'
import { clientRow, prismaHooks, sweepExpired } from 'countersign/prisma'
import { PrismaClient } from './generated/client.ts'
import { joinedQuery } from './join.ts'

const adapter = new PrismaBetterSqlite3({ url: process.env['DATABASE_URL'] ?? ':memory:' })
const prisma = new PrismaClient({ adapter })

const models = {
  client: prisma.oauthClient,
  tokenCredential: prisma.oauthTokenCredential,
  temporaryCredential: prisma.oauthTemporaryCredential,
  nonce: prisma.oauthNonce,
}

// The user comes with the token: `currentCredential().user`.
export const hooks = prismaHooks(models, {
  findToken: (where) => prisma.oauthTokenCredential.findFirst({ where, include: { user: true } }),
  findClientWithToken: joinedQuery(prisma),
})
export type TokenCredential = Awaited<ReturnType<typeof hooks.createTokenCredential>>

setInterval(() => {
  sweepExpired(models).catch(console.error)
}, 60_000).unref()

// For this demonstration only; in production, `prisma migrate deploy` does this.
const migration = await readFile(
  new URL('../prisma/migrations/0_init/migration.sql', import.meta.url),
  'utf8',
)
for (const statement of migration.split(';').filter((text) => text.trim() !== '')) {
  await prisma.$executeRawUnsafe(statement)
}

await prisma.user.createMany({
  data: [
    { id: 'ada', name: 'Ada' },
    { id: 'grace', name: 'Grace' },
  ],
})
await prisma.oauthClient.create({
  data: clientRow({
    clientId: 'demo',
    clientSecret: 'demo-secret',
    callbacks: ['http://localhost:8080/callback'],
  }),
})
