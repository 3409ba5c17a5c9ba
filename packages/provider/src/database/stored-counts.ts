import { nowSeconds } from '../random.ts'
import type { Database } from './schema.ts'

/** How many sessions and temporary credentials have not expired. */
export async function storedCounts(
  db: Database,
): Promise<{ readonly sessions: number; readonly temporaryCredentials: number }> {
  const now = nowSeconds()
  const count = async (table: 'session' | 'oauth_temporary_credential') => {
    const { rows } = await db
      .selectFrom(table)
      .select(({ fn }) => fn.countAll<number | string>().as('rows'))
      .where('expires_at', '>', now)
      .executeTakeFirstOrThrow()
    return Number(rows)
  }
  return { sessions: await count('session'), temporaryCredentials: await count('oauth_temporary_credential') }
}
