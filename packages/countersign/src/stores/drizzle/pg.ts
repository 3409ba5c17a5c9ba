/**
 * A store over Drizzle on PostgreSQL: columns for your own tables, and the hooks over them.
 *
 * @example
 * ```ts
 * import { clientColumns, drizzleHooks } from 'countersign/drizzle/pg'
 *
 * export const client = pgTable('oauth_client', { ...clientColumns() })
 * const hooks = drizzleHooks(db, { client, temporaryCredential, tokenCredential, nonce })
 * ```
 *
 * @module
 */
export * from './columns/pg.ts'
export * from './common.ts'
