import {
  createAccount,
  type Database,
  listAccounts,
  listClients,
  type NewClient,
  randomText,
  registerClient,
} from '@countersign/provider'

/** What to try a fresh provider with; it exists in the clear only in the text of the first start. */
export interface Demonstration {
  readonly userName: string
  readonly password: string
  readonly client: NewClient
}

/** The name of the user. */
export const demonstrationUser = 'demo'

/** Makes a user and a client in a database that has neither; says where it did so before. */
export async function createDemonstration(db: Database): Promise<Demonstration | 'made before' | undefined> {
  const [users, clients] = await Promise.all([listAccounts(db), listClients(db)])
  if (users.some(({ name }) => name === demonstrationUser)) return 'made before'
  if (users.length > 0 || clients.length > 0) return undefined
  const password = randomText(16)
  const user = await createAccount(db, demonstrationUser, password)
  const client = await registerClient(db, { name: 'Demonstration', callbacks: [], ownerId: user.id })
  return { userName: user.name, password, client }
}
