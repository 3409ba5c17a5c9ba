import { concerns, type RetirementPlan, type RetirementRule, type Signer } from './retirement-plan.ts'
import { endOfBrownouts } from './windows.ts'

/** The progress of the retirement of features that a request uses. Times are in seconds since 1970. */
export interface Standing {
  readonly stage: 'announced' | 'brownout' | 'ended'
  /** The earliest of all rules. */
  readonly announcedAt: number
  readonly endsAt: number
  /** The rule that ends first. */
  readonly rule: RetirementRule
  /** When requests are accepted again; only set in a brownout. */
  readonly until: number | undefined
}

/** The progress of one rule; undefined before it is announced. */
export function stageOf(rule: RetirementRule, now: number): Standing['stage'] | undefined {
  if (now < rule.announcedAt) return undefined
  if (now >= rule.endsAt) return 'ended'
  return endOfBrownouts([rule], now) === undefined ? 'announced' : 'brownout'
}

/** Combines several rules into the strictest stage and the earliest end; undefined if none has been announced. */
export function standingOf(plan: RetirementPlan, signer: Signer, now: number): Standing | undefined {
  const rules = plan.rules.filter((rule) => rule.announcedAt <= now && concerns(rule, signer))
  const [first, ...others] = rules
  if (first === undefined) return undefined
  const rule = others.reduce((earlier, one) => (one.endsAt < earlier.endsAt ? one : earlier), first)
  const times = { announcedAt: Math.min(...rules.map((one) => one.announcedAt)), endsAt: rule.endsAt, rule }
  if (now >= rule.endsAt) return { stage: 'ended', until: undefined, ...times }
  const until = endOfBrownouts(rules, now)
  return { stage: until === undefined ? 'announced' : 'brownout', until, ...times }
}
