import { insertOnce } from '../database/once.ts'
import type { Database } from '../database/schema.ts'
import { nowSeconds } from '../random.ts'
import { keptDays, secondsOfDay, type UsageKey } from './client-usage.ts'
import { findClient } from './clients.ts'

/** One client's way of signing, and when it was used. */
type Signing = Pick<UsageKey, 'clientId' | 'signatureMethod' | 'place'> & { readonly lastAt: number }

/** Records that a client signed in this way. A client that was deleted meanwhile needs no row. */
export async function noteSigning(db: Database, signing: Signing): Promise<void> {
  if (await moveOn(db, signing)) return
  const { clientId, signatureMethod, place, lastAt } = signing
  const key = { client_id: clientId, signature_method: signatureMethod, place }
  const insert = db.insertInto('client_signing').values({ ...key, first_at: lastAt, last_at: lastAt })
  await insertOnce(insert, async () => (await moveOn(db, signing)) || !(await findClient(db, clientId)))
}

/** Returns whether there was a row. */
async function moveOn(db: Database, { clientId, signatureMethod, place, lastAt }: Signing): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('client_signing')
    .set((eb) => ({
      last_at: eb.case().when('last_at', '<', lastAt).then(lastAt).else(eb.ref('last_at')).end(),
    }))
    .where('client_id', '=', clientId)
    .where('signature_method', '=', signatureMethod)
    .where('place', '=', place)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

/** Removes at most `limit` rows whose days are no longer kept. Returns how many. */
export async function sweepSignings(db: Database, limit: number): Promise<number> {
  const due = await db
    .selectFrom('client_signing')
    .select('id')
    .where('last_at', '<', nowSeconds() - keptDays * secondsOfDay)
    .orderBy('last_at')
    .limit(limit)
    .execute()
  if (due.length === 0) return 0
  const ids = due.map(({ id }) => id).sort((left, right) => left - right)
  const { numDeletedRows } = await db.deleteFrom('client_signing').where('id', 'in', ids).executeTakeFirst()
  return Number(numDeletedRows)
}
