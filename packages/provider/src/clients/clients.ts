import type { ClientPolicy } from 'countersign'
import type { Database } from '../database/schema.ts'
import { type ClientMode, modeOf } from './client-mode.ts'
import { readPolicy } from './client-policy.ts'

/** A client without its secret. */
export interface ClientSummary {
  readonly clientId: string
  readonly name: string
  readonly callbacks: readonly string[]
  readonly hasRsaPublicKey: boolean
  readonly mode: ClientMode
  /** Its own policy; empty if it cannot be read. */
  readonly policy: ClientPolicy
}

/** @param ownerId - Only this user's clients; without it, all clients. */
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

/**
 * Removes only a client's rows, which caches may outlive: `deleteClient` revokes its tokens too. Returns whether there
 * was one.
 */
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
    policy: readPolicy(row.policy) ?? {},
  }
}
