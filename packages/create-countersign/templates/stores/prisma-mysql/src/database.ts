import { PrismaMariaDb } from '@prisma/adapter-mariadb'
import type { PrismaHookOptions } from 'countersign/prisma'
import { PrismaClient } from './generated/client.ts'

const adapter = new PrismaMariaDb((process.env['DATABASE_URL'] ?? '').replace('mysql:', 'mariadb:'))
export const prisma = new PrismaClient({ adapter })

// A temporary credential is spent and its token stored in one transaction.
export const options: PrismaHookOptions = {
  transaction: (run) =>
    prisma.$transaction((tx) =>
      run({ temporaryCredential: tx.oauthTemporaryCredential, tokenCredential: tx.oauthTokenCredential }),
    ),
}
