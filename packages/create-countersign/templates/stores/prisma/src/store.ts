import type { Client } from 'countersign'
import { clientRow, prismaHooks, sweepExpired } from 'countersign/prisma'
import { options, prisma } from './database.ts'

const models = {
  client: prisma.oauthClient,
  tokenCredential: prisma.oauthTokenCredential,
  temporaryCredential: prisma.oauthTemporaryCredential,
  nonce: prisma.oauthNonce,
}
export const hooks = prismaHooks(models, options)

/** Registers a client. */
export async function addClient(client: Client): Promise<void> {
  await prisma.oauthClient.create({ data: clientRow(client) })
}

// Expired nonces, temporary credentials and tokens only take up space.
const sweeping = setInterval(
  () => sweepExpired(models, { tokens: true }).catch(console.error),
  60_000,
).unref()

/** Closes the database, for a command or a test that ends. */
export async function closeStore(): Promise<void> {
  clearInterval(sweeping)
  await prisma.$disconnect()
}
