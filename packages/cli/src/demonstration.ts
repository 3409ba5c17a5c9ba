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

/** What to try a fresh provider with; it exists in the clear only in the text of the first start. */
export interface Demonstration {
  readonly userName: string
  readonly password: string
  readonly client: NewClient
}

/** The name of the user. */
export const demonstrationUser = 'demo'

/**
 * Makes a user and a client in a database that has neither; says where it did so before.
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
  // So that the pages of administrators can be tried as well, where no one else can reach them.
  if (isOwnMachine) await setRole(db, user.id, 'admin')
  const client = await registerClient(db, { name: 'Demonstration', callbacks: [], ownerId: user.id })
  return { userName: user.name, password, client }
}
