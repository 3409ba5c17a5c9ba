/**
 * A store over Drizzle on SQLite: columns for your own tables, and the hooks over them.
 *
 * @example
 * ```ts
 * import { clientColumns, drizzleHooks } from 'countersign/drizzle/sqlite'
 *
 * export const client = sqliteTable('oauth_client', { ...clientColumns() })
 * const hooks = drizzleHooks(db, { client, temporaryCredential, tokenCredential, nonce })
 * ```
 *
 * @module
 */
export * from './columns/sqlite.ts'
export * from './common.ts'
