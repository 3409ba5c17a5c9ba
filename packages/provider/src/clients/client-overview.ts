import type { Database } from '../database/schema.ts'
import { nowSeconds } from '../random.ts'
import type { ClientStatus } from './client-status.ts'
import { lastUses } from './client-usage.ts'
import { type ClientSummary, findClient, listClients } from './clients.ts'
import { logoDigests } from './logos.ts'
import { type OwnerPolicy, readOwnerPolicy } from './owner-policy.ts'
import { type RsaKeySummary, rsaKeysIn } from './rsa-keys.ts'

/** A client in its owner's list. */
export interface ClientOverview extends ClientSummary {
  readonly status: ClientStatus
  /** How many users gave it access. */
  readonly users: number
  /** Seconds since 1970; undefined if it was never used. */
  readonly lastAt: number | undefined
  readonly logoDigest: string | undefined
}

/** Everything about a client that its owner sees, without its secrets. */
export interface OwnClient extends ClientOverview {
  readonly description: string | null
  readonly homepage: string | null
  readonly rsaKeys: readonly RsaKeySummary[]
  /** Seconds since 1970; undefined if no previous secret is valid. */
  readonly previousSecretUntil: number | undefined
  readonly ownerPolicy: OwnerPolicy
  readonly isVerified: boolean
  /** The OAuth 2 client that may exchange its tokens, as set by the operator; null for none. */
  readonly oauth2ClientId: string | null
}

/** The clients of one user, at most fifty. */
export async function clientOverviews(db: Database, ownerId: number): Promise<ClientOverview[]> {
  const clients = await listClients(db, ownerId)
  return overviewsOf(db, clients)
}

/** One client of a user; other users’ clients are not found. */
export async function findOwnClient(
  db: Database,
  clientId: string,
  ownerId: number,
): Promise<OwnClient | undefined> {
  const client = await findClient(db, clientId, ownerId)
  if (client === undefined) return undefined
  const row = await db
    .selectFrom('oauth_client')
    .select([
      'description',
      'homepage',
      'rsa_public_key',
      'previous_secret_until',
      'owner_policy',
      'verified_at',
      'oauth2_client_id',
    ])
    .where('client_id', '=', clientId)
    .executeTakeFirst()
  const [overview] = await overviewsOf(db, [client])
  if (row === undefined || overview === undefined) return undefined
  const until = Number(row.previous_secret_until ?? 0)
  return {
    ...overview,
    description: row.description,
    homepage: row.homepage,
    rsaKeys: rsaKeysIn(row.rsa_public_key ?? null),
    previousSecretUntil: until > nowSeconds() ? until : undefined,
    ownerPolicy: readOwnerPolicy(row.owner_policy),
    isVerified: row.verified_at !== null,
    oauth2ClientId: row.oauth2_client_id,
  }
}

async function overviewsOf(db: Database, clients: readonly ClientSummary[]): Promise<ClientOverview[]> {
  const ids = clients.map(({ clientId }) => clientId)
  if (ids.length === 0) return []
  const statuses = await db
    .selectFrom('oauth_client')
    .select(['client_id', 'status'])
    .where('client_id', 'in', ids)
    .execute()
  const statusOf = new Map(statuses.map(({ client_id, status }) => [client_id, status as ClientStatus]))
  const [users, uses, logos] = [await usersOf(db, ids), await lastUses(db, ids), await logoDigests(db, ids)]
  return clients.map((client) => ({
    ...client,
    status: statusOf.get(client.clientId) ?? 'approved',
    users: users.get(client.clientId) ?? 0,
    lastAt: uses.get(client.clientId),
    logoDigest: logos.get(client.clientId),
  }))
}

/** How many users gave each client access that has not ended. */
async function usersOf(db: Database, clientIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const rows = await db
    .selectFrom('oauth_token_credential')
    .select(({ fn }) => ['client_id', fn.count('user_id').distinct().as('users')])
    .where('client_id', 'in', clientIds)
    .where((eb) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', nowSeconds())]))
    .groupBy('client_id')
    .execute()
  return new Map(rows.map(({ client_id, users }) => [client_id, Number(users)]))
}
