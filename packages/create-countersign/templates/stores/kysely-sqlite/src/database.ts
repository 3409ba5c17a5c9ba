import { DatabaseSync } from 'node:sqlite'
import { nodeSqlite, type OAuth1Tables, retryWhenBusy } from 'countersign/kysely'
import { Kysely, SqliteDialect } from 'kysely'

const file = new DatabaseSync(process.env['DATABASE_FILE'] ?? 'oauth.sqlite')
const sqlite = new SqliteDialect({ database: nodeSqlite(file) })
export const db: Kysely<OAuth1Tables> = new Kysely({ dialect: retryWhenBusy(sqlite) })
