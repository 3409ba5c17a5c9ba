/** A period in which requests are refused, as a preview of the end. All times are in seconds since 1970. */
export interface Brownout {
  readonly from: number
  readonly seconds: number
  /** How often it repeats, until the end; undefined for once. */
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

/** An operator's retirement rules, and the guide for developers. */
export interface RetirementPlan {
  readonly guide: string
  readonly rules: readonly RetirementRule[]
}

/** The signer and the method, without unknown or unproven parts. */
export interface Signer {
  readonly clientId?: string | undefined
  /** One method, or several for a client as a whole. */
  readonly methods: readonly string[]
}

/** Whether a rule applies to such requests: it retires OAuth 1.0, not the Bearer tokens that replace it. */
export function concerns({ retired }: RetirementRule, { clientId, methods }: Signer): boolean {
  if (methods.length > 0 && methods.every((method) => method === bearer)) return false
  if (retired.kind === 'method') return methods.includes(retired.method)
  return retired.kind === 'all' || retired.clientId === clientId
}

/** The method name for Bearer tokens, in events and in the usage of clients. */
const bearer = 'Bearer'
