import type { Database } from '../database/schema.ts'

/** What users see of a client besides its name. */
export interface ClientFacts {
  readonly clientId: string
  readonly description: string | null
  readonly homepage: string | null
  /** Who registered it; null for a client of the people who run the site. */
  readonly ownerName: string | null
  /** Times are seconds since 1970. */
  readonly registeredAt: number
  /** When an administrator verified its owner; null if none did. */
  readonly verifiedAt: number | null
  /** The digest in the address of its logo; null if it has none. */
  readonly logo: string | null
}

/** The facts of some clients, by their keys. */
export async function clientFacts(
  db: Database,
  clientIds: readonly string[],
): Promise<ReadonlyMap<string, ClientFacts>> {
  if (clientIds.length === 0) return new Map()
  const rows = await db
    .selectFrom('oauth_client as client')
    .leftJoin('user', 'user.id', 'client.owner_id')
    .leftJoin('logo', 'logo.client_id', 'client.client_id')
    .select([
      'client.client_id',
      'client.description',
      'client.homepage',
      'client.created_at',
      'client.verified_at',
      'user.name as owner_name',
      'logo.digest',
    ])
    .where('client.client_id', 'in', clientIds)
    .execute()
  return new Map(
    rows.map((row) => [
      row.client_id,
      {
        clientId: row.client_id,
        description: row.description || null,
        homepage: row.homepage || null,
        ownerName: row.owner_name,
        registeredAt: Number(row.created_at),
        verifiedAt: row.verified_at === null ? null : Number(row.verified_at),
        logo: row.digest,
      },
    ]),
  )
}
