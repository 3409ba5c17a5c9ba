import type { Database } from '../database/schema.ts'
import { nowSeconds } from '../random.ts'
import type { Retirement } from './retirement.ts'
import type { Standing } from './standing.ts'

/** Methods that a client has not used for this long do not concern its owner. */
const usedSeconds = 30 * 24 * 3600

/** Which of some clients use a retired feature, and how far its retirement has come. */
export async function concernedClients(
  db: Database,
  retirement: Retirement | undefined,
  clientIds: readonly string[],
): Promise<ReadonlyMap<string, Standing>> {
  if (retirement === undefined || clientIds.length === 0) return new Map()
  const rows = await db
    .selectFrom('client_signing')
    .select(['client_id', 'signature_method'])
    .where('client_id', 'in', clientIds)
    .where('last_at', '>=', nowSeconds() - usedSeconds)
    .execute()
  return new Map(
    clientIds.flatMap((clientId) => {
      const own = rows.filter(({ client_id }) => client_id === clientId)
      const methods = own.map(({ signature_method }) => signature_method)
      const standing = retirement.standing({ clientId, methods })
      return standing === undefined ? [] : [[clientId, standing]]
    }),
  )
}
