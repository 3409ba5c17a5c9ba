import type { Database } from '../database/schema.ts'

/** The OAuth 2 client that an OAuth 1.0 client is paired with, if any. */
export async function pairedClient(db: Database, clientId: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('oauth_client')
    .select('oauth2_client_id')
    .where('client_id', '=', clientId)
    .executeTakeFirst()
  return row?.oauth2_client_id ?? undefined
}

/** The OAuth 1.0 clients that are paired with an OAuth 2 client. */
export async function clientsPairedWith(db: Database, oauth2ClientId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('oauth_client')
    .select('client_id')
    .where('oauth2_client_id', '=', oauth2ClientId)
    .orderBy('id')
    .limit(maxPaired)
    .execute()
  return rows.map((row) => row.client_id)
}

/** Every exchange looks through them. */
export const maxPaired = 100
