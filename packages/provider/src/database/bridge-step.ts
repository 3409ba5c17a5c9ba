import { withTokenGrantColumns } from 'countersign/kysely'
import { identifier } from './dialect.ts'
import type { Database } from './schema.ts'
import { createIndex } from './table-parts.ts'

/** The OAuth 2 client that each client moves to, and the grants that its tokens were exchanged for. */
export async function bridge(db: Database): Promise<void> {
  await db.schema.alterTable('oauth_client').addColumn('oauth2_client_id', identifier).execute()
  await createIndex(db, 'oauth_client', 'oauth2_client_id')
  // These rows outlive their client: its OAuth 2 grants still have to end.
  await db.schema
    .createTable('oauth_token_grant')
    .$call(withTokenGrantColumns)
    .addColumn('ended_at', 'bigint')
    .addColumn('revoke_at', 'bigint')
    .addColumn('revoked_at', 'bigint')
    .addColumn('expires_at', 'bigint')
    .execute()
  for (const column of ['revoke_at', 'expires_at']) await createIndex(db, 'oauth_token_grant', column)
}
