/** A span of time in which requests are refused, to show what the end will be like. All times are in seconds since 1970. */
export interface Brownout {
  readonly from: number
  readonly seconds: number
  /** How often it comes again, until the end; undefined for once. */
  readonly everySeconds: number | undefined
}

/** What a rule retires. */
export type Retired =
  | { readonly kind: 'method'; readonly method: string }
  | { readonly kind: 'client'; readonly clientId: string }
  | { readonly kind: 'all' }

/** When something is retired. */
export interface RetirementRule {
  readonly retired: Retired
  readonly announcedAt: number
  /** Requests are refused from this second on. */
  readonly endsAt: number
  readonly brownouts: readonly Brownout[]
}

/** What an operator retires, and where developers read how to move on. */
export interface RetirementPlan {
  readonly guide: string
  readonly rules: readonly RetirementRule[]
}

/** Who signs, and how, without parts that are unknown or unproven. */
export interface Signer {
  readonly clientId?: string | undefined
  /** One, or several where it is about a client as a whole. */
  readonly methods: readonly string[]
}

/** Whether a rule applies to such requests: it retires OAuth 1.0, not the Bearer tokens that replace it. */
export function concerns({ retired }: RetirementRule, { clientId, methods }: Signer): boolean {
  if (methods.length > 0 && methods.every((method) => method === bearer)) return false
  if (retired.kind === 'method') return methods.includes(retired.method)
  return retired.kind === 'all' || retired.clientId === clientId
}

/** What counts as the method of a Bearer token, in events and in the usage of clients. */
const bearer = 'Bearer'
