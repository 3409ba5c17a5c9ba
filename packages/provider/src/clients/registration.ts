import { clientRow } from 'countersign/kysely'
import { checkedOAuth2ClientId, checkPairRoom } from '../bridge/pairs.ts'
import { insertOnce } from '../database/once.ts'
import type { Database } from '../database/schema.ts'
import { sealOf } from '../database/seal.ts'
import { lockedUser } from '../database/user-row.ts'
import { inputFault } from '../input-fault.ts'
import { checkedCallbacks } from './client-callbacks.ts'
import { checkedDescription, checkedHomepage } from './client-description.ts'
import { checkedKey, checkedRsaPublicKey, checkedSecret } from './client-keys.ts'
import { type ClientMode, policyIn } from './client-mode.ts'
import { checkedName } from './client-name.ts'
import type { ClientStatus } from './client-status.ts'
import { findClient } from './clients.ts'

/** The input to register a client. */
export interface ClientRegistration {
  readonly name: string
  /** Empty lines do not count; without callbacks, the client can only use `oob`. */
  readonly callbacks: readonly string[]
  /** Its purpose, and an http or https address; empty or absent for none. */
  readonly description?: string | undefined
  readonly homepage?: string | undefined
  /** PEM or JWK text; empty or absent for none. */
  readonly rsaPublicKey?: string | undefined
  readonly ownerId?: number | undefined
  /** Default `development`. */
  readonly mode?: ClientMode | undefined
  /** Default `approved`. */
  readonly status?: ClientStatus | undefined
  /** The key that the client already has; empty or absent for a new one. */
  readonly key?: string | undefined
  /** Its secret; same rule. */
  readonly secret?: string | undefined
  /** The OAuth 2 client that may exchange its tokens, which only the operator may set; empty or absent for none. */
  readonly oauth2ClientId?: string | undefined
}

/** A newly registered client: the only time that its secret is in the clear outside the database. */
export interface NewClient {
  readonly clientId: string
  readonly clientSecret: string
  readonly name: string
  readonly callbacks: readonly string[]
}

/** Of one user. */
const maxClients = 50

/**
 * @param announce - Receives the client just before it is created, so that a process that ends in between never leaves
 *   a client whose secret no one has seen.
 * @throws InputError that names the field.
 */
export async function registerClient(
  db: Database,
  given: ClientRegistration,
  announce?: (client: NewClient) => Promise<void>,
): Promise<NewClient> {
  const name = checkedName(given.name)
  const callbacks = checkedCallbacks(given.callbacks)
  const description = checkedDescription(given.description ?? '')
  const homepage = checkedHomepage(given.homepage ?? '')
  const rsaPublicKey = checkedRsaPublicKey(given.rsaPublicKey)
  const clientId = checkedKey(given.key)
  const clientSecret = checkedSecret(given.secret)
  const oauth2ClientId = checkedOAuth2ClientId(given.oauth2ClientId)
  const stored = sealOf(db).seal(clientSecret, { kind: 'client', clientId })
  const row = clientRow({ clientId, clientSecret: stored, callbacks, rsaPublicKey })
  const policy = policyIn(given.mode ?? 'development')
  const client = { clientId, clientSecret, name, callbacks }
  await announce?.(client)
  const { ownerId } = given
  const values = {
    ...row,
    name,
    description,
    homepage,
    owner_id: ownerId ?? null,
    policy,
    status: given.status ?? 'approved',
    oauth2_client_id: oauth2ClientId ?? null,
  }
  const insert = async (to: Database) => {
    if (ownerId !== undefined) await checkRoom(to, ownerId)
    if (oauth2ClientId !== undefined) await checkPairRoom(to, oauth2ClientId)
    await to.insertInto('oauth_client').values(values).execute()
  }
  const execute = () => (db.isTransaction ? insert(db) : db.transaction().execute(insert))
  const isNew = await insertOnce({ execute }, () => findClient(db, clientId))
  if (!isNew) throw inputFault('key', 'clientKeyTaken')
  return client
}

/** A user can create only so many rows, so one user's concurrent registrations wait for each other here. */
async function checkRoom(transaction: Database, ownerId: number): Promise<void> {
  await lockedUser(transaction, ownerId)
  const { count } = await transaction
    .selectFrom('oauth_client')
    .select((given) => given.fn.countAll().as('count'))
    .where('owner_id', '=', ownerId)
    .executeTakeFirstOrThrow()
  if (Number(count) >= maxClients) {
    throw inputFault('name', 'clientsMany', { max: maxClients })
  }
}
