/** The values of a command's options by their names; what was not given is undefined. */
export type Invocation = Readonly<Record<string, string | boolean | readonly string[] | undefined>>

/** One option of a command. */
export interface CommandOption {
  /** `--name NAME`, or `--json` for a switch. */
  readonly flags: string
  readonly summary: string
  /** A letter for it, such as `-X`. */
  readonly short?: string
  /** Must be given, and not be empty. */
  readonly required?: true
  /** May be given several times; its value is a list. */
  readonly repeatable?: true
  /** Taken so that it can be refused with a reason. */
  readonly hidden?: true
}

/** What stands after the options without a name. */
export interface CommandArgument {
  /** In capitals; its value has the same name in lower case. */
  readonly name: string
  readonly summary: string
  readonly required?: true
}

/** One command of the command line. */
export interface Command {
  /** One word, or a group and a word: `client add`. */
  readonly name: string
  /** One line, without a full stop. */
  readonly summary: string
  readonly options: readonly CommandOption[]
  readonly argument?: CommandArgument
  /** Printed after the options in its help. */
  readonly notes?: string
  run(given: Invocation): Promise<void>
}

/** The command line itself is wrong: an option is missing, or contradicts another. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** The command did its work, and its result has an exit code of its own. */
export class ExitStatus extends Error {
  override readonly name = 'ExitStatus'
  readonly status: number

  constructor(status: number) {
    super(`Exit status ${status}`)
    this.status = status
  }
}

export const jsonOption: CommandOption = { flags: '--json', summary: 'Print JSON' }
export const databaseOption: CommandOption = { flags: '--database FILE', summary: 'The SQLite file' }
/** The options that all commands over the database share. */
export const databaseOptions: readonly CommandOption[] = [databaseOption, jsonOption]

/** An option that the table marks as required. */
export function required(given: Invocation, option: string): string {
  return optional(given, option) ?? ''
}

export function optional(given: Invocation, option: string): string | undefined {
  const value = given[option]
  return typeof value === 'string' ? value : undefined
}

/** All values of an option that may be repeated. */
export function listed(given: Invocation, option: string): readonly string[] {
  const values = given[option]
  return Array.isArray(values) ? values : []
}
