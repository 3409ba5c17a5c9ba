import type { Kysely } from 'kysely'
import { nowSeconds } from '../random.ts'
import type { Database, Tables } from './schema.ts'

/** Tables with rows that expire, and their primary keys. */
const keys = {
  session: 'token_hash',
  decision: 'oauth_token',
  flash: 'key',
  recent_request: 'request_id',
  audit_event: 'id',
  invitation: 'code_hash',
  oauth_token_grant: 'oauth_token',
} as const satisfies Partial<Record<keyof Tables, string>>

/** Removes at most `limit` rows that have expired. Returns how many. */
export async function sweepTable(db: Database, table: keyof typeof keys, limit: number): Promise<number> {
  const rows = db as unknown as Kysely<Record<string, { expires_at: number; [key: string]: unknown }>>
  const key = keys[table]
  // Read first: MySQL has no `limit` in a subquery.
  const due = await rows
    .selectFrom(table)
    .select(key)
    .where('expires_at', '<=', nowSeconds())
    .limit(limit)
    .execute()
  if (due.length === 0) return 0
  // In a fixed order, so that two processes cannot deadlock on the same rows.
  const sorted = due.map((row) => row[key] as string | number).sort()
  const { numDeletedRows } = await rows.deleteFrom(table).where(key, 'in', sorted).executeTakeFirst()
  return Number(numDeletedRows)
}
