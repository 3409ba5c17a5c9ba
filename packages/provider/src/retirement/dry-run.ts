import { dayOf } from '../clients/client-usage.ts'
import type { Database } from '../database/schema.ts'
import { nowSeconds } from '../random.ts'
import { nameOf } from './notice.ts'
import { concerns, type Retired, type RetirementPlan, type RetirementRule } from './retirement-plan.ts'
import { nextWindows, type Window } from './windows.ts'

/** One client's requests with one method that a plan would refuse after its end. */
export interface RefusedUsage {
  readonly clientId: string
  readonly name: string
  readonly signatureMethod: string
  /** Accepted requests within the given days, which the client would lose. */
  readonly requests: number
  readonly perDay: number
  /** In seconds since 1970. */
  readonly lastAt: number
  /** The earliest end of all rules that concern it. */
  readonly endsAt: number
}

/** One rule, and its next dates. Times are in seconds since 1970. */
export interface PlannedRule {
  readonly retired: Retired
  readonly name: string
  readonly announcedAt: number
  readonly endsAt: number
  readonly nextWindows: readonly Window[]
  /** A rule may name a client that does not exist. */
  readonly isClientUnknown: boolean
}

/** Which clients would be refused, and from when. */
export interface DryRun {
  readonly guide: string
  readonly days: number
  readonly rules: readonly PlannedRule[]
  /** The most requests first. */
  readonly refused: readonly RefusedUsage[]
}

const mostWindows = 5

/**
 * Reports whose requests would have been refused in the last days if the plan had already ended, from the counted
 * requests.
 *
 * @param days - How many, including today. Default 30.
 */
export async function dryRun(
  db: Database,
  plan: RetirementPlan,
  { days = 30 }: { readonly days?: number } = {},
): Promise<DryRun> {
  const now = nowSeconds()
  const usages = await usagesSince(db, dayOf(now) - days + 1)
  const refused = usages.flatMap((usage) => {
    const { clientId, signatureMethod } = usage
    const rules = plan.rules.filter((rule) => concerns(rule, { clientId, methods: [signatureMethod] }))
    if (rules.length === 0 || usage.requests === 0) return []
    const endsAt = Math.min(...rules.map((rule) => rule.endsAt))
    return [{ ...usage, perDay: Math.round((usage.requests / days) * 10) / 10, endsAt }]
  })
  return {
    guide: plan.guide,
    days,
    rules: await Promise.all(plan.rules.map((rule) => plannedRule(db, rule, now))),
    refused: refused.sort((left, right) => right.requests - left.requests),
  }
}

async function usagesSince(db: Database, firstDay: number) {
  const rows = await db
    .selectFrom('client_usage as usage')
    .innerJoin('oauth_client as client', 'client.client_id', 'usage.client_id')
    .select(({ fn }) => [
      'usage.client_id',
      'client.name',
      'usage.signature_method',
      fn.sum('usage.accepted').as('accepted'),
      fn.max('usage.last_at').as('last_at'),
    ])
    .where('usage.day', '>=', firstDay)
    .groupBy(['usage.client_id', 'client.name', 'usage.signature_method'])
    .execute()
  return rows.map((row) => ({
    clientId: row.client_id,
    name: row.name,
    signatureMethod: row.signature_method,
    requests: Number(row.accepted),
    lastAt: Number(row.last_at),
  }))
}

async function plannedRule(db: Database, rule: RetirementRule, now: number): Promise<PlannedRule> {
  const { retired, announcedAt, endsAt } = rule
  return {
    retired,
    name: retired.kind === 'client' ? `client ${retired.clientId}` : nameOf(retired),
    announcedAt,
    endsAt,
    nextWindows: nextWindows(rule, now, mostWindows),
    isClientUnknown: retired.kind === 'client' && !(await isClient(db, retired.clientId)),
  }
}

async function isClient(db: Database, clientId: string): Promise<boolean> {
  const row = db.selectFrom('oauth_client').select('id').where('client_id', '=', clientId)
  return (await row.executeTakeFirst()) !== undefined
}
