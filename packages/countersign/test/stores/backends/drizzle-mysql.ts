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
} from 'countersign/drizzle/mysql'
import { getTableConfig, int, mysqlTable } from 'drizzle-orm/mysql-core'
import { drizzle } from 'drizzle-orm/mysql2'
import { createPool } from 'mysql2/promise'
import type { OpenStore } from '../backend.ts'
import { createDatabase } from './databases.ts'
import { tableStatements } from './drizzle-ddl.ts'

export const client = mysqlTable('oauth_client', { ...clientColumns(), ...policyColumn() })
export const temporaryCredential = mysqlTable(
  'oauth_temporary_credential',
  { ...temporaryCredentialColumns(), userId: int('user_id') },
  expiryIndex,
)
export const tokenCredential = mysqlTable(
  'oauth_token_credential',
  { ...tokenCredentialColumns(), ...tokenLifeColumns(), userId: int('user_id') },
  expiryIndex,
)
export const nonce = mysqlTable('oauth_nonce', nonceColumns(), expiryIndex)
const tables = { client, temporaryCredential, tokenCredential, nonce }

/** The statements that make the four tables. */
export const statements: readonly string[] = Object.values(tables).flatMap((table) =>
  tableStatements(getTableConfig(table)),
)

/** `config`: the URL of a database that the test may create and drop. */
export function connect(config: string) {
  const pool = createPool({ uri: config, connectionLimit: 10 })
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
