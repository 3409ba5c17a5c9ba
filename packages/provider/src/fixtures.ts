import { createAccount, createPasswordlessAccount, findAccount } from './accounts/accounts.ts'
import { findClient } from './clients/clients.ts'
import { type ClientRegistration, registerClient } from './clients/registration.ts'
import type { Services } from './services.ts'

/** A user that a provider begins with. */
export interface GivenUser {
  readonly name: string
  /** Without it the user cannot sign in, and can be approved for all the same. */
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

/** Users and clients that are there from the start. */
export interface Fixtures {
  readonly users?: readonly GivenUser[] | undefined
  readonly clients?: readonly GivenClient[] | undefined
}

/** Adds the users and clients that are not there yet. @throws InputError that says which cannot be taken. */
export async function addFixtures(
  { db }: Pick<Services, 'db'>,
  { users = [], clients = [] }: Fixtures,
): Promise<void> {
  for (const { name, password } of users) {
    if (await findAccount(db, name)) continue
    // A password takes some 30 ms to hash: a test that needs none does without.
    await (password === undefined ? createPasswordlessAccount(db, name) : createAccount(db, name, password))
  }
  for (const { key, name = key, callbacks = [], ...client } of clients) {
    if (!(await findClient(db, key))) await registerClient(db, { ...client, key, name, callbacks })
  }
}
