import type { Database } from '../database/schema.ts'
import { nowSeconds } from '../random.ts'
import { type RecentRequest, recentRequestColumns, requestOf } from './recent-requests.ts'

/** A refused request, and the client that it names. */
export interface ClientRefusal extends RecentRequest {
  readonly clientId: string
  readonly clientName: string
}

/** The newest refused requests of all clients, newest first. */
export async function listRefusals(db: Database, most: number): Promise<ClientRefusal[]> {
  const found: ClientRefusal[] = []
  for (const outcome of ['refused', 'unproven'] as const) {
    const rows = await db
      .selectFrom('recent_request')
      .innerJoin('oauth_client as client', 'client.client_id', 'recent_request.client_id')
      .select(recentRequestColumns.map((column) => `recent_request.${column}` as const))
      .select(['client.client_id', 'client.name'])
      .where('recent_request.outcome', '=', outcome)
      .where('recent_request.expires_at', '>', nowSeconds())
      .orderBy('recent_request.at_milliseconds', 'desc')
      .limit(most)
      .execute()
    found.push(...rows.map((row) => ({ ...requestOf(row), clientId: row.client_id, clientName: row.name })))
  }
  return found.sort((left, right) => right.atMilliseconds - left.atMilliseconds).slice(0, most)
}
