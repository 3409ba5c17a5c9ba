import { createAccount, createPasswordlessAccount, findAccount } from './accounts/accounts.ts'
import { findClient } from './clients/clients.ts'
import { type ClientRegistration, registerClient } from './clients/registration.ts'
import type { Services } from './services.ts'

/** An initial user of a provider. */
export interface GivenUser {
  readonly name: string
  /** Without it, the user cannot sign in, but `approve` still works for the user. */
  readonly password?: string
}

/** An initial client: its key and secret come from the application's own settings. */
export interface GivenClient extends Omit<ClientRegistration, 'ownerId' | 'name' | 'callbacks'> {
  readonly key: string
  /** Default: the key. */
  readonly name?: string
  /** Default none: the client asks for `oob`. */
  readonly callbacks?: readonly string[]
}

/** Users and clients that exist from the start. */
export interface Fixtures {
  readonly users?: readonly GivenUser[] | undefined
  readonly clients?: readonly GivenClient[] | undefined
}

/** Adds users and clients that do not exist yet. @throws InputError that names the one that is not acceptable. */
export async function addFixtures(
  { db }: Pick<Services, 'db'>,
  { users = [], clients = [] }: Fixtures,
): Promise<void> {
  for (const { name, password } of users) {
    if (await findAccount(db, name)) continue
    // A password takes about 30 ms to hash, so tests that need none omit it.
    await (password === undefined ? createPasswordlessAccount(db, name) : createAccount(db, name, password))
  }
  for (const { key, name = key, callbacks = [], ...client } of clients) {
    if (!(await findClient(db, key))) await registerClient(db, { ...client, key, name, callbacks })
  }
}
