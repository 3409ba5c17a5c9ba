import { DatabaseSync } from 'node:sqlite'
import {
  nodeSqlite,
  type OAuth1NonceColumns,
  type OAuth1TemporaryCredentialColumns,
  retryWhenBusy,
} from 'countersign/kysely'
import { type Generated, Kysely, SqliteDialect } from 'kysely'

export interface Database {
  // Written by SQLAlchemy, and unchanged.
  user: { id: number; name: string }
  client: {
    id: Generated<number>
    client_id: string
    client_secret: string
    default_redirect_uri: string
    user_id: number | null
  }
  token_credential: {
    id: Generated<number>
    client_id: string
    oauth_token: string
    oauth_token_secret: string
    user_id: number | null
  }
  // New.
  oauth_temporary_credential: OAuth1TemporaryCredentialColumns & { user_id: number | null }
  oauth_nonce: OAuth1NonceColumns
}

const file = new DatabaseSync(process.env['DATABASE_FILE'] ?? 'app.db')
const sqlite = new SqliteDialect({ database: nodeSqlite(file) })
export const db = new Kysely<Database>({ dialect: retryWhenBusy(sqlite) })
