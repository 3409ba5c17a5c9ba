import { DatabaseSync } from 'node:sqlite'
import { PGlite } from '@electric-sql/pglite'
import {
  clientRow,
  createExpiryIndexes,
  createTokenExpiryIndex,
  kyselyHooks,
  nodeSqlite,
  type OAuth1Tables,
  retryWhenBusy,
  sweepExpired,
  withClientColumns,
  withNonceColumns,
  withPolicyColumn,
  withTemporaryCredentialColumns,
  withTokenCredentialColumns,
  withTokenLifeColumns,
} from 'countersign/kysely'
import { Kysely, MysqlDialect, PGliteDialect, PostgresDialect, SqliteDialect } from 'kysely'
import { createPool } from 'mysql2'
import pg from 'pg'
import type { OpenStore } from '../backend.ts'
import { createDatabase, removeDatabase } from './databases.ts'

/** PostgreSQL in this process, for machines without a server. It is made once, and forgotten when the process ends. */
const pglite = new Map<string, PGlite>()

/** `config`: a file name, `pglite:` and a name, or the URL of a PostgreSQL or MariaDB database that the test may create and drop. */
export function connect(config: string): Kysely<OAuth1Tables> {
  return new Kysely<OAuth1Tables>({ dialect: dialect(config) })
}

function dialect(config: string) {
  if (config.startsWith('pglite:')) {
    const database = pglite.get(config) ?? new PGlite()
    pglite.set(config, database)
    return new PGliteDialect({ pglite: database })
  }
  if (config.startsWith('postgres:'))
    return new PostgresDialect({ pool: new pg.Pool({ connectionString: config, max: 6 }) })
  if (config.startsWith('mysql:'))
    return new MysqlDialect({ pool: createPool({ uri: config, connectionLimit: 10 }) })
  return retryWhenBusy(new SqliteDialect({ database: nodeSqlite(new DatabaseSync(config)) }))
}

/** The four tables; the application's own columns differ in the examples, not here. */
export async function createTables(db: Kysely<OAuth1Tables>): Promise<void> {
  const { schema } = db
  await schema.createTable('oauth_client').$call(withClientColumns).$call(withPolicyColumn).execute()
  await schema
    .createTable('oauth_temporary_credential')
    .addColumn('user_id', 'integer')
    .$call(withTemporaryCredentialColumns)
    .execute()
  await schema
    .createTable('oauth_token_credential')
    .addColumn('user_id', 'integer')
    .$call(withTokenCredentialColumns)
    .$call(withTokenLifeColumns)
    .execute()
  await schema.createTable('oauth_nonce').$call(withNonceColumns).execute()
  await createExpiryIndexes(db)
  await createTokenExpiryIndex(db)
}

export async function reset(config: string): Promise<void> {
  await createDatabase(config)
  const db = connect(config)
  await createTables(db)
  if (!config.startsWith('pglite:')) await db.destroy()
}

export async function open(config: string): Promise<OpenStore> {
  const store = storeOver(connect(config))
  // All that open this database share it, so none of them closes it.
  return config.startsWith('pglite:') ? { ...store, close: async () => {} } : store
}

export function storeOver(db: Kysely<OAuth1Tables>): OpenStore {
  const hooks = kyselyHooks(db)
  return {
    hooks,
    addClient: async ({ clientId, clientSecret, ...rest }) => {
      // The least that an application may write: the columns bring the rest.
      const isLeast = Object.keys(rest).length === 0
      const least = { client_id: clientId, client_secret: clientSecret ?? null }
      const row = isLeast ? least : clientRow({ clientId, clientSecret, ...rest })
      await db.insertInto('oauth_client').values(row).execute()
    },
    addToken: async (token) => void (await hooks.createTokenCredential(token)),
    sweep: (limit, tokens = false) => sweepExpired(db, { limit, tokens }),
    close: () => db.destroy(),
  }
}

export async function remove(config: string): Promise<void> {
  if (!config.startsWith('pglite:')) await removeDatabase(config)
}
