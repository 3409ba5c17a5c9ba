import { holds, keyAfter, type Page, type PageRequest, pageOf } from '../database/page.ts'
import type { Database } from '../database/schema.ts'
import { modeOf } from './client-mode.ts'
import { readPolicy } from './client-policy.ts'
import type { ClientStatus } from './client-status.ts'
import type { ClientSummary } from './clients.ts'

/** A client, as seen by operators: without its secret. */
export interface ClientDetails extends ClientSummary {
  /** Who registered it; null for a client of the operator. */
  readonly ownerId: number | null
  readonly ownerName: string | null
  readonly status: ClientStatus
  /** Seconds since 1970. */
  readonly createdAt: number
  /** When an administrator verified its owner; null if none did. */
  readonly verifiedAt: number | null
  /** The OAuth 2 client that may exchange its tokens; null for none. */
  readonly oauth2ClientId: string | null
}

/** Which clients to list; each given field must match. */
export interface ClientFilter {
  readonly ownerId?: number | undefined
  /** Part of the name or the key. */
  readonly search?: string | undefined
  readonly status?: ClientStatus | undefined
}

/** A page of the clients, the first registered first. */
export async function clientPage(
  db: Database,
  { ownerId, search, status }: ClientFilter,
  page: PageRequest,
): Promise<Page<ClientDetails>> {
  let rows = clientRows(db)
    .where('client.id', '>', keyAfter(page.after))
    .orderBy('client.id')
    .limit(page.limit + 1)
  if (ownerId !== undefined) rows = rows.where('client.owner_id', '=', ownerId)
  if (status !== undefined) rows = rows.where('client.status', '=', status)
  if (search !== undefined) {
    rows = rows.where((given) =>
      given.or([holds(given.ref('client.name'), search), holds(given.ref('client.client_id'), search)]),
    )
  }
  return pageOf(await rows.execute(), page, detailsOf, ({ id }) => String(id))
}

/** The client with this key, as seen by operators. */
export async function clientDetails(db: Database, clientId: string): Promise<ClientDetails | undefined> {
  const row = await clientRows(db).where('client.client_id', '=', clientId).executeTakeFirst()
  return row && detailsOf(row)
}

/** The rows that become list entries. */
export function clientRows(db: Database) {
  return db
    .selectFrom('oauth_client as client')
    .leftJoin('user as owner', 'owner.id', 'client.owner_id')
    .select([
      'client.id',
      'client.client_id',
      'client.owner_id',
      'client.name',
      'client.default_redirect_uri',
      'client.rsa_public_key',
      'client.policy',
      'client.status',
      'client.created_at',
      'client.verified_at',
      'client.oauth2_client_id',
      'owner.name as owner_name',
    ])
}

type Row = Awaited<ReturnType<ReturnType<typeof clientRows>['executeTakeFirstOrThrow']>>

export function detailsOf(row: Row): ClientDetails {
  return {
    clientId: row.client_id,
    name: row.name,
    callbacks: row.default_redirect_uri.split(/\s+/).filter(Boolean),
    hasRsaPublicKey: Boolean(row.rsa_public_key),
    mode: modeOf(row.policy),
    policy: readPolicy(row.policy) ?? {},
    ownerId: row.owner_id,
    ownerName: row.owner_name,
    status: row.status as ClientStatus,
    createdAt: Number(row.created_at),
    verifiedAt: row.verified_at === null ? null : Number(row.verified_at),
    oauth2ClientId: row.oauth2_client_id,
  }
}
