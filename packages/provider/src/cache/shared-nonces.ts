import { type NonceRecord, OAuth1Error } from 'countersign'
import { nonceHooks } from 'countersign/cache'
import type { ProviderHooks } from '../database/schema.ts'
import { nowSeconds } from '../random.ts'
import type { SharedRedis } from './redis.ts'

/**
 * Nonces in the Redis that all processes share. A Redis that lost its data has no earlier nonces: a request that was
 * signed before may have been accepted already, and is refused. The client signs it again.
 */
export function sharedNonces(
  redis: SharedRedis,
  now: () => number = nowSeconds,
): Pick<ProviderHooks, 'recordNonce'> {
  const { recordNonce } = nonceHooks(redis.cache, { prefix: redis.prefix, now })
  return {
    async recordNonce(record: NonceRecord) {
      if (record.timestamp <= (await redis.emptyBefore())) throw unknownPast()
      return recordNonce(record)
    },
  }
}

function unknownPast(): OAuth1Error {
  return new OAuth1Error(
    'invalid_nonce',
    'The nonces of the time when this request was signed are no longer known; sign it again.',
    { problem: { name: 'timestamp_refused' } },
  )
}
