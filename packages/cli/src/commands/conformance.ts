import { writeFileSync } from 'node:fs'
import process from 'node:process'
import type { Report, RunOptions } from '@countersign/conformance'
import {
  type Command,
  ExitStatus,
  type Invocation,
  jsonOption,
  listed,
  optional,
  UsageError,
} from '../command.ts'
import { conformanceTarget, targetOptions } from '../conformance-target.ts'
import { print, table } from '../output.ts'
import { InputError } from '../provider.ts'

/** Loaded only when it runs: no other command needs it. */
const load = () => import('@countersign/conformance')

export const conformance: Command = {
  name: 'conformance',
  summary: 'Test any OAuth 1.0 provider, in any language',
  options: [
    ...targetOptions,
    {
      flags: '--only NAME',
      summary: 'Run these cases: an id, a group, a part of an id, or a pattern with *',
      repeatable: true,
    },
    { flags: '--list', summary: 'Print the cases without running them' },
    { flags: '--strict', summary: 'Exit with 1 for advice, too' },
    { flags: '--timeout SECONDS', summary: 'How long one response may take (default: 10)' },
    jsonOption,
    { flags: '--junit FILE', summary: 'Write a JUnit XML report to this file as well' },
  ],
  notes: `The provider needs a test client and a test user. For one that is not countersign's own, describe
its endpoints and forms in a file for --target: see docs/conformance.md.

Exit codes: 0 nothing failed, 1 something failed, 2 wrong command line or no provider there.`,
  examples: ['conformance --base http://127.0.0.1:5849 --client KEY --user anna', 'conformance --list'],
  async run(given) {
    const { runConformance, selectCases, SelectionError } = await load()
    const only = listed(given, 'only')
    try {
      selectCases(only)
    } catch (error) {
      throw error instanceof SelectionError ? new UsageError(error.message) : error
    }
    if (given['list'] === true) return list(given, only)
    const target = await conformanceTarget(given)
    const report = await reached(runConformance(target, await runOptions(given, only)))
    await write(given, report)
    const { failed, advised } = report.counts
    if (failed > 0 || (given['strict'] === true && advised > 0)) throw new ExitStatus(1)
  },
}

async function list(given: Invocation, only: readonly string[]): Promise<void> {
  const { selectCases } = await load()
  const cases = selectCases(only)
  const told = cases.map(({ id, group, title, section, level }) => ({ id, group, title, section, level }))
  print(given, told, table(cases.map(({ id, level, section, title }) => [id, level, section, title])))
}

/** Prints results as they come, unless JSON was requested. */
async function runOptions(given: Invocation, only: readonly string[]): Promise<RunOptions> {
  const timeoutSeconds = Number(optional(given, 'timeout') ?? 10)
  if (!(timeoutSeconds > 0 && timeoutSeconds <= 600))
    throw new UsageError('--timeout must be a number of seconds, at most 600.')
  if (given['json'] === true) return { only, timeoutSeconds }
  const { TextReport } = await load()
  const text = new TextReport({ colour: inColour() })
  return { only, timeoutSeconds, onResult: (result) => print(given, result, text.linesOf(result)) }
}

async function reached(run: Promise<Report>): Promise<Report> {
  const { TargetError } = await load()
  try {
    return await run
  } catch (error) {
    if (!(error instanceof TargetError)) throw error
    process.stderr.write(`${error.message}\nStart the provider, or correct its address (--base).\n`)
    throw new ExitStatus(2)
  }
}

async function write(given: Invocation, report: Report): Promise<void> {
  const { junitReport, TextReport } = await load()
  const file = optional(given, 'junit')
  print(given, report, new TextReport({ colour: inColour() }).summary(report.counts))
  // Last, so that the report has been printed even if the file cannot be written.
  if (file !== undefined) save(file, junitReport(report, { strict: given['strict'] === true }))
}

function save(file: string, text: string): void {
  try {
    writeFileSync(file, text)
  } catch (error) {
    throw new InputError(
      'junit',
      `The file that --junit names cannot be written: ${(error as Error).message}`,
    )
  }
}

/** Only on a terminal; Node heeds NO_COLOR. */
function inColour(): boolean {
  return process.stdout.isTTY && process.stdout.hasColors()
}
