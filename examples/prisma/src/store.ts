import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3'
import { clientRow, prismaHooks, sweepExpired } from 'countersign/prisma'
import { PrismaClient } from './generated/client.ts'
import { joinedQuery } from './join.ts'

const adapter = new PrismaBetterSqlite3({ url: process.env['DATABASE_URL'] ?? 'file:./dev.sqlite' })
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
  sweepExpired(models, { tokens: true }).catch(console.error)
}, 60_000).unref()

// The users and the client of the demonstration.
if ((await prisma.oauthClient.count()) === 0) {
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
}
