import { PGlite } from '@electric-sql/pglite'
import {
  clientColumns,
  drizzleHooks,
  expiryIndex,
  nonceColumns,
  policyColumn,
  sweepExpired,
  temporaryCredentialColumns,
  tokenCredentialColumns,
  tokenLifeColumns,
} from 'countersign/drizzle/pg'
import { drizzle } from 'drizzle-orm/node-postgres'
import { getTableConfig, integer, type PgDatabase, type PgQueryResultHKT, pgTable } from 'drizzle-orm/pg-core'
import { drizzle as drizzlePglite } from 'drizzle-orm/pglite'
import pg from 'pg'
import type { OpenStore } from '../backend.ts'
import { createDatabase } from './databases.ts'
import { tableStatements } from './drizzle-ddl.ts'

export const client = pgTable('oauth_client', { ...clientColumns(), ...policyColumn() })
export const temporaryCredential = pgTable(
  'oauth_temporary_credential',
  { ...temporaryCredentialColumns(), userId: integer('user_id') },
  expiryIndex,
)
export const tokenCredential = pgTable(
  'oauth_token_credential',
  { ...tokenCredentialColumns(), ...tokenLifeColumns(), userId: integer('user_id') },
  expiryIndex,
)
export const nonce = pgTable('oauth_nonce', nonceColumns(), expiryIndex)
const tables = { client, temporaryCredential, tokenCredential, nonce }

/** The statements that make the four tables. */
export const statements: readonly string[] = Object.values(tables).flatMap((table) =>
  tableStatements(getTableConfig(table)),
)

/** PostgreSQL in this process, for machines without a server: made once, gone when the process ends. */
const pglite = new Map<string, PGlite>()

interface Connection {
  readonly db: PgDatabase<PgQueryResultHKT>
  readonly close: () => Promise<void>
}

/** `config`: `pglite:` and a name, or the URL of a database that the test may create and drop. */
export function connect(config: string): Connection {
  if (config.startsWith('pglite:')) {
    const database = pglite.get(config) ?? new PGlite()
    pglite.set(config, database)
    return { db: drizzlePglite(database), close: async () => {} }
  }
  const pool = new pg.Pool({ connectionString: config, max: 6 })
  // Connections break when a server goes away; without listeners that would end the process.
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  return { db: drizzle(pool), close: () => pool.end() }
}

export async function reset(config: string): Promise<void> {
  await createDatabase(config)
  const { db, close } = connect(config)
  for (const statement of statements) await db.execute(statement)
  await close()
}

export async function open(config: string): Promise<OpenStore> {
  const { db, close } = connect(config)
  const hooks = drizzleHooks(db, tables)
  return {
    hooks,
    addClient: async ({ callbacks, ...values }) =>
      void (await db.insert(client).values({ ...values, ...(callbacks ? { callbacks } : {}) })),
    addToken: async (token) => void (await hooks.createTokenCredential(token)),
    sweep: (limit, tokens = false) => sweepExpired(db, { tables, limit, tokens }),
    close,
  }
}

export { removeDatabase as remove } from './databases.ts'
