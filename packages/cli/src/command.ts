/** The values of a command's options by their names; what was not given is undefined. */
export type Invocation = Readonly<Record<string, string | boolean | readonly string[] | undefined>>

/** One option of a command. */
export interface CommandOption {
  /** `--name NAME`, or `--json` for a switch. */
  readonly flags: string
  readonly summary: string
  /** Must be given, and not be empty. */
  readonly required?: true
  /** May be given several times; its value is a list. */
  readonly repeatable?: true
  /** Taken so that it can be refused with a reason. */
  readonly hidden?: true
}

/** One command of the command line. */
export interface Command {
  /** One word, or a group and a word: `client add`. */
  readonly name: string
  /** One line, without a full stop. */
  readonly summary: string
  readonly options: readonly CommandOption[]
  run(given: Invocation): Promise<void>
}

/** The command line itself is wrong: an option is missing, or contradicts another. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

export const databaseOption: CommandOption = { flags: '--database FILE', summary: 'The SQLite file' }
/** The options that all commands over the database share. */
export const databaseOptions: readonly CommandOption[] = [
  databaseOption,
  { flags: '--json', summary: 'Print JSON' },
]

/** An option that the table marks as required. */
export function required(given: Invocation, option: string): string {
  return optional(given, option) ?? ''
}

export function optional(given: Invocation, option: string): string | undefined {
  const value = given[option]
  return typeof value === 'string' ? value : undefined
}
