import type { Database } from '../database/schema.ts'
import { nowSeconds } from '../random.ts'

export const secondsOfDay = 24 * 3600
/** How long to keep usage. */
export const keptDays = 400

/** One client's usage of one method and place on one day. */
export interface UsageKey {
  readonly clientId: string
  /** Days since 1970, in UTC. */
  readonly day: number
  /** Empty if the request named no known method. */
  readonly signatureMethod: string
  /** `header`, `body` or `query`; empty if there was none. */
  readonly place: string
}

export interface UsageCounts {
  readonly accepted: number
  readonly refused: number
}

/** The requests of one client. */
export interface ClientUsage extends UsageCounts {
  /** Every requested day, up to today; in seconds since 1970 at the start of the day. */
  readonly days: readonly ({ readonly at: number } & UsageCounts)[]
  /** The most used first. */
  readonly byMethod: readonly ({ readonly signatureMethod: string } & UsageCounts)[]
  readonly byPlace: readonly ({ readonly place: string } & UsageCounts)[]
  /** Seconds since 1970; undefined for a client that has made no request in 400 days. */
  readonly lastAt: number | undefined
}

export function dayOf(seconds: number): number {
  return Math.floor(seconds / secondsOfDay)
}

/**
 * A client's recent usage, from counts that are at most a few seconds old.
 *
 * @param days - How many, including today. Default 30.
 */
export async function clientUsage(
  db: Database,
  clientId: string,
  { days = 30 }: { readonly days?: number } = {},
): Promise<ClientUsage> {
  const today = dayOf(nowSeconds())
  const first = today - days + 1
  const rows = await db
    .selectFrom('client_usage')
    .select(['day', 'signature_method', 'place', 'accepted', 'refused'])
    .where('client_id', '=', clientId)
    .where('day', '>=', first)
    .execute()
  // PostgreSQL's driver reads 64-bit integers as text.
  const counted = rows.map((row) => ({
    ...row,
    accepted: Number(row.accepted),
    refused: Number(row.refused),
  }))
  const byDay = sums(counted, (row) => String(row.day))
  return {
    ...sumOf(counted),
    days: Array.from({ length: days }, (_, at) => ({
      at: (first + at) * secondsOfDay,
      ...(byDay.get(String(first + at)) ?? { accepted: 0, refused: 0 }),
    })),
    byMethod: mostFirst(sums(counted, (row) => row.signature_method)).map(([signatureMethod, counts]) => ({
      signatureMethod,
      ...counts,
    })),
    byPlace: mostFirst(sums(counted, (row) => row.place)).map(([place, counts]) => ({ place, ...counts })),
    lastAt: (await lastUses(db, [clientId])).get(clientId),
  }
}

/** When each client was last used, in seconds since 1970. */
export async function lastUses(
  db: Database,
  clientIds: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  if (clientIds.length === 0) return new Map()
  const rows = await db
    .selectFrom('client_usage')
    .select(({ fn }) => ['client_id', fn.max('last_at').as('last_at')])
    .where('client_id', 'in', clientIds)
    .groupBy('client_id')
    .execute()
  return new Map(rows.map(({ client_id, last_at }) => [client_id, Number(last_at)]))
}

/** Removes the oldest day past its retention, at most `limit` rows of it. Returns how many. */
export async function sweepUsage(db: Database, limit: number): Promise<number> {
  const due = await db
    .selectFrom('client_usage')
    .select(['client_id', 'day'])
    .where('day', '<', dayOf(nowSeconds()) - keptDays)
    .orderBy('day')
    .limit(limit)
    .execute()
  const [oldest] = due
  if (oldest === undefined) return 0
  const clientIds = due.filter(({ day }) => day === oldest.day).map(({ client_id }) => client_id)
  const { numDeletedRows } = await db
    .deleteFrom('client_usage')
    .where('day', '=', oldest.day)
    .where('client_id', 'in', [...new Set(clientIds)].sort())
    .executeTakeFirst()
  return Number(numDeletedRows)
}

function sumOf(rows: readonly UsageCounts[]): UsageCounts {
  return rows.reduce(
    (sum, { accepted, refused }) => ({ accepted: sum.accepted + accepted, refused: sum.refused + refused }),
    { accepted: 0, refused: 0 },
  )
}

function sums<R extends UsageCounts>(
  rows: readonly R[],
  keyOf: (row: R) => string,
): ReadonlyMap<string, UsageCounts> {
  const byKey = new Map<string, UsageCounts>()
  for (const row of rows) {
    const key = keyOf(row)
    byKey.set(key, sumOf([byKey.get(key) ?? { accepted: 0, refused: 0 }, row]))
  }
  return byKey
}

function mostFirst(counts: ReadonlyMap<string, UsageCounts>): [string, UsageCounts][] {
  const total = ({ accepted, refused }: UsageCounts) => accepted + refused
  return [...counts].sort(([, a], [, b]) => total(b) - total(a))
}
