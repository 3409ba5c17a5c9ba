import { systemClock } from '../rows.ts'
import type { PrismaNonces, PrismaTemporaryCredentials } from './delegates.ts'
import type { PrismaClock } from './hooks.ts'

/**
 * Removes nonces and temporary credentials that have expired, at most `limit` together, and answers how many went.
 * Any number of processes may do so at once. Call it again when it answered `limit`: there may be more.
 *
 * @example
 * ```ts
 * while ((await sweepExpired({ nonce: prisma.oauthNonce, temporaryCredential: … })) === 1000);
 * ```
 */
export async function sweepExpired(
  { nonce, temporaryCredential }: PrismaSweepModels,
  { limit = 1000, graceSeconds = 60, now = systemClock }: PrismaSweepOptions = {},
): Promise<number> {
  const where = { expiresAt: { lte: Math.floor(now()) - graceSeconds } }
  const { count = 0 } = (await nonce?.deleteMany({ where, limit })) ?? {}
  if (count >= limit || temporaryCredential === undefined) return count
  return count + (await temporaryCredential.deleteMany({ where, limit: limit - count })).count
}

/** The tables that `sweepExpired` visits. */
export interface PrismaSweepModels {
  readonly nonce?: Pick<PrismaNonces, 'deleteMany'>
  readonly temporaryCredential?: Pick<PrismaTemporaryCredentials, 'deleteMany'>
}

/** How much to remove at once, and what counts as expired. */
export interface PrismaSweepOptions extends PrismaClock {
  /** Rows at the most. Default 1000. */
  readonly limit?: number
  /** How long a row is left after its end, in seconds, for processes whose clocks differ. Default 60. */
  readonly graceSeconds?: number
}
