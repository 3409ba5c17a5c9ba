/**
 * A store over Drizzle on MySQL and MariaDB: columns for your own tables, and the hooks over them.
 *
 * @example
 * ```ts
 * import { clientColumns, drizzleHooks } from 'countersign/drizzle/mysql'
 *
 * export const client = mysqlTable('oauth_client', { ...clientColumns() })
 * const hooks = drizzleHooks(db, { client, temporaryCredential, tokenCredential, nonce })
 * ```
 *
 * @module
 */
export * from './columns/mysql.ts'
export * from './common.ts'
