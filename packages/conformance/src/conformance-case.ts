import type { Context } from './context.ts'

/** The groups, in the order in which they run and are shown. */
export const groups = {
  flow: 'The three steps',
  exchange: 'Temporary credentials',
  callbacks: 'Callbacks',
  consent: 'The consent page',
  places: 'Places of the protocol parameters',
  header: 'The Authorization header',
  encodings: 'Encodings',
  methods: 'Signature methods',
  replay: 'Replays',
  timestamps: 'Timestamps',
  errors: 'Refusals',
  malformed: 'Malformed input',
} as const

/** The name of a group. */
export type Group = keyof typeof groups

/**
 * `must`: the RFC demands it, or an attack works without it. `should`: the RFC recommends it, or clients in use need it.
 */
export type Level = 'must' | 'should'

/** One rule that a provider is tested for. */
export interface ConformanceCase {
  /** Stable and unique: the group, a dash, and the tested rule. */
  readonly id: string
  readonly group: Group
  /** What a passing provider does. */
  readonly title: string
  /** The section of RFC 5849, or another document's. */
  readonly section: string
  readonly level: Level
  /** What goes wrong without it. */
  readonly why: string
  /** One line of advice for the provider's developer. */
  readonly remedy: string
  /** @throws Failure, Skip */
  run(context: Context): Promise<void>
}

/** A case without its group, as listed in its group's file. */
export type GroupCase = Omit<ConformanceCase, 'group'>

/** The cases of one group: an id begins with the group's name. */
export function casesOf(group: Group, cases: readonly GroupCase[]): ConformanceCase[] {
  return cases.map((each) => ({ ...each, group, id: `${group}-${each.id}` }))
}
