import { createAccount, listAccounts } from './database/accounts.ts'
import { listClients, type NewClient, registerClient } from './database/clients.ts'
import type { Database } from './database/schema.ts'
import { randomText } from './random.ts'

/** What to try a fresh provider with; it exists in the clear only in the text of the first start. */
export interface Demonstration {
  readonly userName: string
  readonly password: string
  readonly client: NewClient
}

/** Makes a user and a client in a database that has neither; answers undefined where it has. */
export async function createDemonstration(db: Database): Promise<Demonstration | undefined> {
  const [users, clients] = await Promise.all([listAccounts(db), listClients(db)])
  if (users.length > 0 || clients.length > 0) return undefined
  const password = randomText(16)
  const user = await createAccount(db, 'demo', password)
  const client = await registerClient(db, { name: 'Demonstration', callbacks: [], ownerId: user.id })
  return { userName: user.name, password, client }
}
