import { ConfigurationError, importRsaPublicKey } from 'countersign'
import { clientRow } from 'countersign/kysely'
import type { Database } from '../database/schema.ts'
import { InputError } from '../input-error.ts'
import { randomText } from '../random.ts'
import { checkedCallbacks } from './client-callbacks.ts'
import { type ClientMode, modeOf, policyIn } from './client-mode.ts'
import { checkedName } from './client-name.ts'

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
}

/** A client that was just registered: the only time that its secret is in the clear outside the database. */
export interface NewClient {
  readonly clientId: string
  readonly clientSecret: string
  readonly name: string
  readonly callbacks: readonly string[]
}

/** A client without its secret. */
export interface ClientSummary {
  readonly clientId: string
  readonly name: string
  readonly callbacks: readonly string[]
  readonly hasRsaPublicKey: boolean
  readonly mode: ClientMode
}

/** Of one user. */
const maxClients = 50

/** @throws InputError that names the field. */
export async function registerClient(db: Database, given: ClientRegistration): Promise<NewClient> {
  const name = checkedName(given.name)
  const callbacks = checkedCallbacks(given.callbacks)
  const rsaPublicKey = checkedKey(given.rsaPublicKey)
  if (given.ownerId !== undefined) await checkRoom(db, given.ownerId)
  const client = { clientId: randomText(20), clientSecret: randomText(40), callbacks, rsaPublicKey }
  const policy = policyIn(given.mode ?? 'development')
  await db
    .insertInto('oauth_client')
    .values({ ...clientRow(client), name, owner_id: given.ownerId ?? null, policy })
    .execute()
  return { clientId: client.clientId, clientSecret: client.clientSecret, name, callbacks }
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

/** The key in one form, SPKI, whichever it was given in. */
function checkedKey(given = ''): string | undefined {
  const text = given.trim()
  if (text === '') return undefined
  try {
    const key = importRsaPublicKey(text.startsWith('{') ? JSON.parse(text) : text)
    return key.export({ type: 'spki', format: 'pem' }).toString()
  } catch (error) {
    if (error instanceof SyntaxError)
      throw new InputError('rsa_public_key', 'The key begins like a JWK but is not JSON.')
    if (error instanceof ConfigurationError) throw new InputError('rsa_public_key', error.message)
    throw error
  }
}

/** @param ownerId - Only this user's; without it everybody's. */
export async function listClients(db: Database, ownerId?: number): Promise<ClientSummary[]> {
  const rows = await summaries(db, ownerId).orderBy('id').execute()
  return rows.map(summaryOf)
}

export async function findClient(
  db: Database,
  clientId: string,
  ownerId?: number,
): Promise<ClientSummary | undefined> {
  const row = await summaries(db, ownerId).where('client_id', '=', clientId).executeTakeFirst()
  return row && summaryOf(row)
}

/** Switches a client between development and live. Returns whether there is such a client. */
export async function setClientMode(
  db: Database,
  clientId: string,
  mode: ClientMode,
  ownerId?: number,
): Promise<boolean> {
  const row = await summaries(db, ownerId).where('client_id', '=', clientId).executeTakeFirst()
  if (row === undefined) return false
  await db
    .updateTable('oauth_client')
    .set({ policy: policyIn(mode, row.policy) })
    .where('client_id', '=', clientId)
    .execute()
  return true
}

/** Removes a client and all its credentials. Returns whether there was one. */
export async function removeClient(db: Database, clientId: string, ownerId?: number): Promise<boolean> {
  const remove = db.deleteFrom('oauth_client').where('client_id', '=', clientId)
  const { numDeletedRows } = await (ownerId === undefined
    ? remove
    : remove.where('owner_id', '=', ownerId)
  ).executeTakeFirst()
  return numDeletedRows === 1n
}

function summaries(db: Database, ownerId: number | undefined) {
  const rows = db
    .selectFrom('oauth_client')
    .select(['client_id', 'name', 'default_redirect_uri', 'rsa_public_key', 'policy'])
  return ownerId === undefined ? rows : rows.where('owner_id', '=', ownerId)
}

function summaryOf(
  row: Awaited<ReturnType<ReturnType<typeof summaries>['executeTakeFirstOrThrow']>>,
): ClientSummary {
  return {
    clientId: row.client_id,
    name: row.name,
    callbacks: row.default_redirect_uri.split(/\s+/).filter(Boolean),
    hasRsaPublicKey: Boolean(row.rsa_public_key),
    mode: modeOf(row.policy),
  }
}
