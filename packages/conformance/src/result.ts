import type { Group, Level } from './conformance-case.ts'

interface ResultOf<Outcome extends string> {
  readonly outcome: Outcome
  readonly id: string
  readonly group: Group
  readonly title: string
  readonly section: string
  readonly level: Level
  /** How long the case took. */
  readonly milliseconds: number
}

export interface PassedResult extends ResultOf<'passed'> {}

export interface SkippedResult extends ResultOf<'skipped'> {
  readonly reason: string
}

export interface FailedResult extends ResultOf<'failed'> {
  readonly expected: string
  readonly received: string
  readonly remedy: string
  /** The request that showed it, as HTTP, with secrets masked; absent if none was sent. */
  readonly request?: string
  /** The head of the response, and the start of its body. */
  readonly response?: string
}

/** The result of one case. */
export type Result = PassedResult | FailedResult | SkippedResult

/** The numbers of one run. */
export interface Counts {
  readonly passed: number
  /** Failed cases of the level `must`. */
  readonly failed: number
  /** Failed cases of the level `should`. */
  readonly advised: number
  readonly skipped: number
}

/** The results of a run. */
export interface Report {
  /** The provider's origin. */
  readonly provider: string
  readonly counts: Counts
  readonly results: readonly Result[]
}

export function countsOf(results: readonly Result[]): Counts {
  const count = (fits: (result: Result) => boolean) => results.filter(fits).length
  return {
    passed: count(({ outcome }) => outcome === 'passed'),
    failed: count(({ outcome, level }) => outcome === 'failed' && level === 'must'),
    advised: count(({ outcome, level }) => outcome === 'failed' && level === 'should'),
    skipped: count(({ outcome }) => outcome === 'skipped'),
  }
}
