import Database from 'better-sqlite3'
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
} from 'countersign/drizzle/sqlite'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { getTableConfig, integer, sqliteTable } from 'drizzle-orm/sqlite-core'
import type { OpenStore } from '../backend.ts'
import { tableStatements } from './drizzle-ddl.ts'

export const client = sqliteTable('oauth_client', { ...clientColumns(), ...policyColumn() })
export const temporaryCredential = sqliteTable(
  'oauth_temporary_credential',
  { ...temporaryCredentialColumns(), userId: integer('user_id') },
  expiryIndex,
)
export const tokenCredential = sqliteTable(
  'oauth_token_credential',
  { ...tokenCredentialColumns(), ...tokenLifeColumns(), userId: integer('user_id') },
  expiryIndex,
)
export const nonce = sqliteTable('oauth_nonce', nonceColumns(), expiryIndex)
const tables = { client, temporaryCredential, tokenCredential, nonce }

/** The statements that make the four tables. */
export const statements: readonly string[] = Object.values(tables).flatMap((table) =>
  tableStatements(getTableConfig(table)),
)

/** `config`: a file name. */
export function connect(config: string) {
  const file = new Database(config, { timeout: 5000 })
  file.pragma('journal_mode = wal')
  return { file, db: drizzle(file), close: async () => void file.close() }
}

export async function reset(config: string): Promise<void> {
  const { file, close } = connect(config)
  for (const statement of statements) file.exec(statement)
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
