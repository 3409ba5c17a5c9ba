import type { DataSource, EntityTarget, ObjectLiteral } from 'typeorm'
import { anObject, checkOptions, type Kinds } from '../../server/option-kinds.ts'
import { systemClock } from '../shared/clock.ts'
import { requireOption, sweepOptions } from '../shared/store-options.ts'
import { batchesOf } from '../shared/sweep-batches.ts'
import { entityKinds, requireColumns, type TypeormEntities } from './rows.ts'

/** How many rows to remove at once, and which count as expired. */
export interface SweepOptions {
  /** Rows at most. Default 1000. */
  readonly limit?: number
  /** How long a row is kept after it expires, in seconds, for processes whose clocks differ. Default 60. */
  readonly graceSeconds?: number
  /** Seconds since 1970. Default: the system's clock. */
  readonly now?: () => number
  /** Also remove token credentials whose `expiresAt` has passed. Their entity needs the column. Default false. */
  readonly tokens?: boolean
  readonly entities: Partial<Omit<TypeormEntities, 'client'>>
}

/**
 * Removes expired nonces and temporary credentials and, with `tokens`, expired token credentials, found by the index on
 * `expires_at`. Returns how many. Any number of processes may run it at once. Call it again if it returned `limit`:
 * there may be more.
 *
 * @example
 * ```ts
 * while ((await sweepExpired(dataSource, { entities: { nonce, temporaryCredential } })) === 1000);
 * ```
 */
export async function sweepExpired(dataSource: DataSource, options: SweepOptions): Promise<number> {
  checkOptions('sweepExpired', options, kinds)
  requireOption('sweepExpired', options, 'entities', '{ nonce, temporaryCredential }')
  const { limit = 1000, graceSeconds = 60, now = systemClock, tokens = false, entities } = options
  checkOptions('entities', entities, entityKinds)
  if (tokens) requireOption('sweepExpired with tokens', entities, 'tokenCredential', 'TokenCredential')
  const { nonce, temporaryCredential, tokenCredential } = entities
  const until = Math.floor(now()) - graceSeconds
  if (tokens && tokenCredential) requireColumns(dataSource, tokenCredential, { expiresAt: until })
  let count = 0
  if (nonce) count += await sweep(dataSource, nonce, 'nonceKey', until, limit)
  for (const entity of tokens ? [temporaryCredential, tokenCredential] : [temporaryCredential])
    if (entity) count += await sweep(dataSource, entity, 'oauthToken', until, limit - count)
  return count
}

const kinds: Kinds<SweepOptions> = { ...sweepOptions, entities: anObject }

async function sweep(
  dataSource: DataSource,
  entity: EntityTarget<ObjectLiteral>,
  key: 'nonceKey' | 'oauthToken',
  until: number,
  limit: number,
): Promise<number> {
  if (limit <= 0) return 0
  const expired = await dataSource.manager
    .createQueryBuilder(entity, 'expired')
    .select(`expired.${key}`, 'key')
    .where('expired.expiresAt <= :until', { until })
    .orderBy('expired.expiresAt')
    .limit(limit)
    .getRawMany<{ key: string }>()
  const keys = expired.map(({ key }) => key)
  let removed = 0
  for (const batch of batchesOf(keys, key === 'nonceKey')) {
    const { affected } = await dataSource.manager
      .createQueryBuilder()
      .delete()
      .from(entity)
      .where(`${key} in (:...batch)`, { batch })
      .execute()
    removed += affected ?? 0
  }
  return removed
}
