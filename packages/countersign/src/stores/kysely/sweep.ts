import { anObject, checkOptions, type Kinds } from '../../server/option-kinds.ts'
import { systemClock } from '../shared/clock.ts'
import { sweepOptions } from '../shared/store-options.ts'
import { batchesOf } from '../shared/sweep-batches.ts'
import {
  type AnyDatabase,
  checkTables,
  defaultTables,
  isMySql,
  isPostgres,
  type TableNames,
} from './database.ts'

/** How many rows to remove at once, and which count as expired. */
export interface SweepOptions {
  /** Rows at most. Default 1000. */
  readonly limit?: number
  /** Seconds since 1970. Default: the system's clock. */
  readonly now?: () => number
  /** How long a row is kept after it expires, in seconds, for processes whose clocks differ. Default 60. */
  readonly graceSeconds?: number
  /** Also remove token credentials whose `expires_at` has passed. Their table needs the column. Default false. */
  readonly tokens?: boolean
  readonly tables?: Omit<TableNames, 'client'>
}

/**
 * Removes expired nonces and temporary credentials and, with `tokens`, expired token credentials, found by the index on
 * `expires_at`. Returns how many. Any number of processes may run it at once. Call it again if it returned `limit`:
 * there may be more.
 *
 * @example
 * ```ts
 * while ((await sweepExpired(db, { limit: 1000 })) === 1000);
 * ```
 */
export async function sweepExpired(db: AnyDatabase, options: SweepOptions = {}): Promise<number> {
  checkOptions('sweepExpired', options, kinds)
  const { limit = 1000, now = systemClock, graceSeconds = 60, tokens = false, tables } = options
  checkTables(tables)
  const { nonce, temporaryCredential, tokenCredential } = { ...defaultTables, ...tables }
  const until = Math.floor(now()) - graceSeconds
  let count = await sweep(db, nonce, 'nonce_key', until, limit)
  for (const table of tokens ? [temporaryCredential, tokenCredential] : [temporaryCredential])
    count += await sweep(db, table, 'oauth_token', until, limit - count)
  return count
}

const kinds: Kinds<SweepOptions> = { ...sweepOptions, tables: anObject }

async function sweep(
  db: AnyDatabase,
  table: string,
  key: 'nonce_key' | 'oauth_token',
  until: number,
  limit: number,
): Promise<number> {
  if (limit <= 0) return 0
  const some = db
    .selectFrom(table)
    .select(key)
    .where('expires_at', '<=', until)
    .orderBy('expires_at')
    .limit(limit)
  const remove = async (keys: typeof some | readonly unknown[]) => {
    const { numDeletedRows } = await db.deleteFrom(table).where(key, 'in', keys).executeTakeFirst()
    return Number(numDeletedRows)
  }
  // Two sweeps that lock the same rows in a different order would deadlock: each leaves the other's alone.
  if (isPostgres(db)) return remove(some.forUpdate().skipLocked())
  if (!isMySql(db)) return remove(some)
  // MySQL allows no `limit` in a subquery. Read without a lock, because expired rows stay expired.
  const keys = (await some.execute()).map((row) => row[key])
  let removed = 0
  for (const batch of batchesOf(keys, key === 'nonce_key')) removed += await remove(batch)
  return removed
}

/**
 * Creates the index that `sweepExpired` needs on each of the two tables. Call it in the migration that creates the
 * tables.
 *
 * @example
 * ```ts
 * await createExpiryIndexes(db)
 * ```
 */
export async function createExpiryIndexes(
  db: AnyDatabase,
  tables: Pick<TableNames, 'nonce' | 'temporaryCredential'> = {},
): Promise<void> {
  checkTables(tables)
  const { nonce, temporaryCredential } = { ...defaultTables, ...tables }
  for (const table of [nonce, temporaryCredential]) await createExpiryIndex(db, table)
}

/** Creates the index that `sweepExpired` with `tokens` needs, on a table with the columns of `withTokenLifeColumns`. */
export async function createTokenExpiryIndex(
  db: AnyDatabase,
  table: string = defaultTables.tokenCredential,
): Promise<void> {
  checkTables({ tokenCredential: table })
  await createExpiryIndex(db, table)
}

async function createExpiryIndex(db: AnyDatabase, table: string): Promise<void> {
  await db.schema.createIndex(`${table}_expires_at`).on(table).column('expires_at').execute()
}
