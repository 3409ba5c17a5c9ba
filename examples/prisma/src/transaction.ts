import type { PrismaTransaction } from 'countersign/prisma'
import type { PrismaClient } from './generated/client.ts'

/** Spends a temporary credential and stores the token in one transaction: on PostgreSQL, MySQL and MariaDB. */
export function transactionOn(prisma: PrismaClient): PrismaTransaction {
  return (run) =>
    prisma.$transaction((tx) =>
      run({ temporaryCredential: tx.oauthTemporaryCredential, tokenCredential: tx.oauthTokenCredential }),
    )
}
