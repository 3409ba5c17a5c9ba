/**
 * A black-box suite for OAuth 1.0 (RFC 5849) providers in any language. It speaks HTTP, and only needs the endpoints,
 * the keys of a test client, and how a test user approves.
 *
 * @example
 * ```ts
 * import { readTarget, runConformance } from '@countersign/conformance'
 *
 * const report = await runConformance(readTarget(JSON.parse(await readFile('target.json', 'utf8'))))
 * console.log(report.counts)
 * ```
 *
 * @module
 */
export { allCases } from './cases/all-cases.ts'
export { type ConformanceCase, type Group, groups, type Level } from './conformance-case.ts'
export { junitReport } from './report/junit-report.ts'
export { TextReport } from './report/text-report.ts'
export type { Counts, FailedResult, PassedResult, Report, Result, SkippedResult } from './result.ts'
export { type RunOptions, runConformance } from './run-conformance.ts'
export { SelectionError, selectCases } from './selection.ts'
export type { FormStep, Keys, Target, UserCommand, UserDecision, UserForms } from './target.ts'
export { readTarget, type TargetDescription, TargetError } from './target-description.ts'
