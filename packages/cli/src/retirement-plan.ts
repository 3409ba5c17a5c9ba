import type { RetirementPlan } from '@countersign/provider'
import { type CommandArgument, type Invocation, optional, UsageError } from './command.ts'
import { loadProvider } from './provider.ts'
import { environmentOf } from './services.ts'

/** The argument of commands that take a file of rules. */
export const retirementArgument: CommandArgument = {
  name: 'FILE',
  summary: 'The JSON file of rules (default: RETIREMENT_FILE)',
}

/** The file that is named, or the one of the settings. @throws ConfigurationError with its faults. */
export async function planOf(given: Invocation): Promise<RetirementPlan> {
  const { readRetirement, settingsFromEnv } = await loadProvider()
  const file = optional(given, 'file') ?? settingsFromEnv(environmentOf(given)).retirementFile
  if (file === undefined) throw new UsageError('Name the file of rules, or set RETIREMENT_FILE.')
  return readRetirement(file)
}
