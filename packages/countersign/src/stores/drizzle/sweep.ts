import { type Column, inArray, lte } from 'drizzle-orm'
import { anObject, checkOptions, type Kinds } from '../../server/option-kinds.ts'
import { systemClock } from '../shared/clock.ts'
import { requireOption, sweepOptions } from '../shared/store-options.ts'
import { batchesOf } from '../shared/sweep-batches.ts'
import { affected, type Builder, type DrizzleDatabase, isMySql } from './database.ts'
import {
  type DrizzleTables,
  type NonceTable,
  requireColumns,
  type TemporaryCredentialTable,
  type TokenCredentialTable,
  tableKinds,
} from './tables.ts'

/** How many rows to remove at once, and which count as expired. */
export interface SweepOptions {
  /** Rows at most. Default 1000. */
  readonly limit?: number
  /** Seconds since 1970. Default: the system's clock. */
  readonly now?: () => number
  /** How long a row is kept after it expires, in seconds, for processes whose clocks differ. Default 60. */
  readonly graceSeconds?: number
  /** Also remove token credentials whose `expiresAt` has passed. Their table needs the column. Default false. */
  readonly tokens?: boolean
  readonly tables: Pick<DrizzleTables, 'nonce' | 'temporaryCredential' | 'tokenCredential'>
}

/**
 * Removes expired nonces and temporary credentials and, with `tokens`, expired token credentials, found by the index on
 * `expires_at`. Returns how many. Any number of processes may run it at once. Call it again if it returned `limit`:
 * there may be more.
 *
 * @example
 * ```ts
 * while ((await sweepExpired(db, { tables: { nonce, temporaryCredential } })) === 1000);
 * ```
 */
export async function sweepExpired(db: DrizzleDatabase, options: SweepOptions): Promise<number> {
  checkOptions('sweepExpired', options, kinds)
  requireOption('sweepExpired', options, 'tables', '{ nonce, temporaryCredential }')
  const { limit = 1000, now = systemClock, graceSeconds = 60, tokens = false, tables } = options
  checkOptions('tables', tables, tableKinds)
  if (tokens) requireOption('sweepExpired with tokens', tables, 'tokenCredential', 'tokenCredential')
  const until = Math.floor(now()) - graceSeconds
  const { nonce, temporaryCredential, tokenCredential } = tables
  if (tokens && tokenCredential) requireColumns(tokenCredential, { expiresAt: until })
  let count = nonce ? await sweep(db, nonce, nonce.nonceKey, until, limit) : 0
  for (const table of tokens ? [temporaryCredential, tokenCredential] : [temporaryCredential])
    if (table) count += await sweep(db, table, table.oauthToken, until, limit - count)
  return count
}

const kinds: Kinds<SweepOptions> = { ...sweepOptions, tables: anObject }

async function sweep(
  db: DrizzleDatabase,
  table: NonceTable | TemporaryCredentialTable | TokenCredentialTable,
  key: Column,
  until: number,
  limit: number,
): Promise<number> {
  if (limit <= 0) return 0
  const expiresAt = table.expiresAt as Column
  const some = (db as Builder)
    .select({ key })
    .from(table)
    .where(lte(expiresAt, until))
    .orderBy(expiresAt)
    .limit(limit)
  const remove = (keys: Builder) => affected((db as Builder).delete(table).where(inArray(key, keys)), key)
  if (!isMySql(db, table)) {
    // PostgreSQL. Two sweeps that lock the same rows in a different order would deadlock: each leaves the other's alone.
    return remove('for' in some ? some.for('update', { skipLocked: true }) : some)
  }
  // MySQL allows no `limit` in a subquery. Read without a lock, because expired rows stay expired.
  const keys = (await some).map((row: { key: unknown }) => row.key)
  let removed = 0
  for (const batch of batchesOf(keys, 'nonceKey' in table)) removed += await remove(batch)
  return removed
}
