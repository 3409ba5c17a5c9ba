import { clientRow } from 'countersign/kysely'
import { insertOnce } from '../database/once.ts'
import type { Database } from '../database/schema.ts'
import { InputError } from '../input-error.ts'
import { checkedCallbacks } from './client-callbacks.ts'
import { checkedKey, checkedRsaPublicKey, checkedSecret } from './client-keys.ts'
import { type ClientMode, policyIn } from './client-mode.ts'
import { checkedName } from './client-name.ts'
import { findClient } from './clients.ts'

/** What one says to register a client. */
export interface ClientRegistration {
  readonly name: string
  /** Empty lines do not count; without any the client can use `oob` alone. */
  readonly callbacks: readonly string[]
  /** PEM or JWK text; empty or absent for none. */
  readonly rsaPublicKey?: string | undefined
  readonly ownerId?: number | undefined
  /** Default `development`. */
  readonly mode?: ClientMode | undefined
  /** The key that the client has from elsewhere; empty or absent for a new one. */
  readonly key?: string | undefined
  /** Its secret, likewise. */
  readonly secret?: string | undefined
}

/** A client that was just registered: the only time that its secret is in the clear outside the database. */
export interface NewClient {
  readonly clientId: string
  readonly clientSecret: string
  readonly name: string
  readonly callbacks: readonly string[]
}

/** Of one user. */
const maxClients = 50

/** @throws InputError that names the field. */
export async function registerClient(db: Database, given: ClientRegistration): Promise<NewClient> {
  const name = checkedName(given.name)
  const callbacks = checkedCallbacks(given.callbacks)
  const rsaPublicKey = checkedRsaPublicKey(given.rsaPublicKey)
  const clientId = checkedKey(given.key)
  const clientSecret = checkedSecret(given.secret)
  if (given.ownerId !== undefined) await checkRoom(db, given.ownerId)
  const row = clientRow({ clientId, clientSecret, callbacks, rsaPublicKey })
  const policy = policyIn(given.mode ?? 'development')
  const insert = db
    .insertInto('oauth_client')
    .values({ ...row, name, owner_id: given.ownerId ?? null, policy })
  const isNew = await insertOnce(insert, () => findClient(db, clientId))
  if (!isNew) throw new InputError('key', 'Another client has this key.')
  return { clientId, clientSecret, name, callbacks }
}

/** Rows that a stranger can make are bounded. */
async function checkRoom(db: Database, ownerId: number): Promise<void> {
  const { count } = await db
    .selectFrom('oauth_client')
    .select((given) => given.fn.countAll().as('count'))
    .where('owner_id', '=', ownerId)
    .executeTakeFirstOrThrow()
  if (Number(count) >= maxClients) {
    throw new InputError('name', `One user has at most ${maxClients} clients. Delete one that is not used.`)
  }
}
