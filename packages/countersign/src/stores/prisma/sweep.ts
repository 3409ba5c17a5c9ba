import { checkOptions } from '../../server/option-kinds.ts'
import { systemClock } from '../shared/clock.ts'
import { requireOption, sweepOptions } from '../shared/store-options.ts'
import { batchesOf } from '../shared/sweep-batches.ts'
import {
  modelKinds,
  type PrismaExpiringTokens,
  type PrismaNonces,
  type PrismaTemporaryCredentials,
} from './delegates.ts'
import type { PrismaClock } from './temporary-hooks.ts'

/**
 * Removes expired nonces and temporary credentials and, with `tokens`, expired token credentials, at most `limit` in
 * total. Returns how many. Any number of processes may run it at once. Call it again if it returned `limit`: there may
 * be more.
 *
 * @example
 * ```ts
 * while ((await sweepExpired({ nonce: prisma.oauthNonce, temporaryCredential: … })) === 1000);
 * ```
 */
export async function sweepExpired(
  models: PrismaSweepModels,
  options: PrismaSweepOptions = {},
): Promise<number> {
  checkOptions('sweepExpired', options, sweepOptions)
  checkOptions('models', models, modelKinds)
  const { limit = 1000, graceSeconds = 60, now = systemClock, tokens = false } = options
  if (tokens)
    requireOption('sweepExpired with tokens', models, 'tokenCredential', 'prisma.oauthTokenCredential')
  const { nonce, temporaryCredential, tokenCredential } = models
  const where = { expiresAt: { lte: Math.floor(now()) - graceSeconds } }
  const orderBy = { expiresAt: 'asc' } as const
  let count = 0
  if (nonce) {
    const rows = await nonce.findMany({ where, orderBy, take: limit, select: { nonceKey: true } })
    const keys = rows.map(({ nonceKey }) => nonceKey)
    for (const batch of batchesOf(keys, true))
      count += (await nonce.deleteMany({ where: { nonceKey: { in: batch } } })).count
  }
  for (const credential of tokens ? [temporaryCredential, tokenCredential] : [temporaryCredential]) {
    if (credential === undefined || count >= limit) continue
    const take = limit - count
    const rows = await credential.findMany({ where, orderBy, take, select: { oauthToken: true } })
    const keys = rows.map(({ oauthToken }) => oauthToken)
    for (const batch of batchesOf(keys, false))
      count += (await credential.deleteMany({ where: { oauthToken: { in: batch } } })).count
  }
  return count
}

/** The tables that `sweepExpired` visits. */
export interface PrismaSweepModels {
  readonly nonce?: Pick<PrismaNonces, 'deleteMany' | 'findMany'>
  readonly temporaryCredential?: Pick<PrismaTemporaryCredentials, 'deleteMany' | 'findMany'>
  /** Only with `tokens`. */
  readonly tokenCredential?: PrismaExpiringTokens
}

/** How many rows to remove at once, and which count as expired. */
export interface PrismaSweepOptions extends PrismaClock {
  /** Rows at most. Default 1000. */
  readonly limit?: number
  /** How long a row is kept after it expires, in seconds, for processes whose clocks differ. Default 60. */
  readonly graceSeconds?: number
  /** Also remove token credentials whose `expiresAt` has passed. Their model needs the field. Default false. */
  readonly tokens?: boolean
}
