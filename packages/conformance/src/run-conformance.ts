import type { ConformanceCase } from './conformance-case.ts'
import { Context } from './context.ts'
import { NoResponse, send } from './http/send.ts'
import { masking, transcriptOf } from './http/transcript.ts'
import { countsOf, type FailedResult, type Report, type Result } from './result.ts'
import { selectCases } from './selection.ts'
import type { Target } from './target.ts'
import { TargetError } from './target-description.ts'
import { Failure, Skip } from './verdict.ts'

/** The options of a run. */
export interface RunOptions {
  /** Ids, groups, patterns with `*`, or parts of ids. Default: all cases. */
  readonly only?: readonly string[]
  /** How long a response may take. Default 10. */
  readonly timeoutSeconds?: number
  /** Called with each result as it comes. */
  onResult?(result: Result): void
}

/**
 * Runs the suite against a provider, one case after another.
 *
 * @throws TargetError when the provider cannot be reached; SelectionError when `only` names no case.
 * @example
 * ```ts
 * const report = await runConformance(readTarget(description), { only: ['replay'] })
 * report.counts.failed // 0
 * ```
 */
export async function runConformance(target: Target, options: RunOptions = {}): Promise<Report> {
  const { only = [], timeoutSeconds = 10, onResult } = options
  const cases = selectCases(only)
  const provider = new URL(target.initiate).origin
  await requireProvider(target.initiate, timeoutSeconds)
  const context = new Context(target, timeoutSeconds)
  const results: Result[] = []
  for (const each of cases) {
    const result = await resultOf(each, context)
    results.push(result)
    onResult?.(result)
  }
  return { provider, counts: countsOf(results), results }
}

async function requireProvider(url: string, timeoutSeconds: number): Promise<void> {
  try {
    await send({ method: 'GET', url, headers: [] }, timeoutSeconds)
  } catch (error) {
    if (!(error instanceof NoResponse)) throw error
    throw new TargetError(`No provider can be reached at ${url}: ${error.message}.`)
  }
}

async function resultOf(each: ConformanceCase, context: Context): Promise<Result> {
  const { id, group, title, section, level } = each
  const began = performance.now()
  const told = () => ({
    id,
    group,
    title,
    section,
    level,
    milliseconds: Math.round(performance.now() - began),
  })
  context.last = undefined
  try {
    await each.run(context)
    return { outcome: 'passed', ...told() }
  } catch (error) {
    if (error instanceof Skip) return { outcome: 'skipped', ...told(), reason: error.message }
    if (!(error instanceof Failure)) throw error
    return { outcome: 'failed', ...told(), ...findingOf(error, each, context) }
  }
}

function findingOf(failure: Failure, { remedy }: ConformanceCase, context: Context) {
  const { exchange = context.last } = failure
  const mask = masking(context.secrets)
  const finding: Pick<FailedResult, 'expected' | 'received' | 'remedy'> = {
    expected: mask(failure.expected),
    received: mask(failure.received),
    remedy,
  }
  return exchange === undefined ? finding : { ...finding, ...transcriptOf(exchange, context.secrets) }
}
