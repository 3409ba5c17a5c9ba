import type { Database, Tables } from './schema.ts'

/** Counting stops at this number. */
const mostCounted = 10_000

/** How many rows a table has, up to the limit: a large table is never read in full. */
export async function boundedCount(
  db: Database,
  table: keyof Tables,
  condition?: readonly [column: string, operator: '=' | 'is not', value: string | number | null],
): Promise<{ readonly number: number; readonly isMore: boolean }> {
  const { ref } = db.dynamic
  let some = db
    .selectFrom(table as 'user')
    .select(({ lit }) => lit(1).as('one'))
    .limit(mostCounted + 1)
  if (condition !== undefined) some = some.where(ref(condition[0]), condition[1], condition[2])
  const { count } = await db
    .selectFrom(some.as('some'))
    .select(({ fn }) => fn.countAll().as('count'))
    .executeTakeFirstOrThrow()
  return Number(count) > mostCounted
    ? { number: mostCounted, isMore: true }
    : { number: Number(count), isMore: false }
}
