import {
  accountPage,
  clientPage,
  createAccount,
  type Database,
  findAccount,
  type NewClient,
  randomText,
  registerClient,
  setRole,
} from '@countersign/provider'

/** Credentials for trying out a new provider; only the output of the first start shows them in plain text. */
export interface Demonstration {
  readonly userName: string
  readonly password: string
  readonly client: NewClient
}

/** The name of the user. */
export const demonstrationUser = 'demo'

/**
 * Creates a user and a client in a database that has neither, and says if it did so earlier.
 *
 * @param isOwnMachine - Only this machine reaches the provider: the user is an administrator.
 */
export async function createDemonstration(
  db: Database,
  isOwnMachine: boolean,
): Promise<Demonstration | 'made before' | undefined> {
  if (await findAccount(db, demonstrationUser)) return 'made before'
  const first = { limit: 1 }
  const [users, clients] = await Promise.all([accountPage(db, {}, first), clientPage(db, {}, first)])
  if (users.items.length > 0 || clients.items.length > 0) return undefined
  const password = randomText(16)
  const user = await createAccount(db, demonstrationUser, password)
  // So that the administrators' pages can be tried too, if no one else can reach them.
  if (isOwnMachine) await setRole(db, user.id, 'admin')
  const client = await registerClient(db, { name: 'Demonstration', callbacks: [], ownerId: user.id })
  return { userName: user.name, password, client }
}
