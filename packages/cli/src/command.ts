/** The values of a command's options by name; undefined if not given. */
export type Invocation = Readonly<Record<string, string | boolean | readonly string[] | undefined>>

/** One option of a command. */
export interface CommandOption {
  /** `--name NAME`, or `--json` for a switch. A value named `FILE` is completed with names of files. */
  readonly flags: string
  readonly summary: string
  /** A letter for it, such as `-X`. */
  readonly short?: string
  /** Must be given, and not be empty. */
  readonly required?: true
  /** May be given several times; its value is a list. */
  readonly repeatable?: true
  /** Accepted, but not in the help: it is refused with a reason, or old scripts still use it. */
  readonly hidden?: true
  /** The only values that it accepts. */
  readonly values?: readonly string[]
}

/** An argument after the options, without a name. */
export interface CommandArgument {
  /** In capitals; its value has the same name in lower case. */
  readonly name: string
  readonly summary: string
  readonly required?: true
  /** It can be given with an option of the same name as well: `client show KEY`, `client show --key KEY`. */
  readonly isOption?: true
  /** The only values that it accepts. */
  readonly values?: readonly string[]
}

/** One command of the command line. */
export interface Command {
  /** One word, or a group and a word: `client add`. */
  readonly name: string
  /** Other full names that it accepts, not in the help: names from earlier versions, and common mistakes. */
  readonly aliases?: readonly string[]
  /** One line, without a full stop. */
  readonly summary: string
  readonly options: readonly CommandOption[]
  readonly argument?: CommandArgument
  /** The argument after that. */
  readonly secondArgument?: CommandArgument
  /** Printed after the options in its help. */
  readonly notes?: string
  /** Whole command lines without the program's name, for its help. */
  readonly examples?: readonly string[]
  run(given: Invocation): Promise<void>
}

/** The command line itself is wrong: an option is missing, or contradicts another. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
  /** The command that was meant, where the line names another one. */
  readonly command: Command | undefined

  constructor(message: string, command?: Command) {
    super(message)
    this.command = command
  }
}

/** The command did its work, and its result has a separate exit code. */
export class ExitStatus extends Error {
  override readonly name = 'ExitStatus'
  readonly status: number

  constructor(status: number) {
    super(`Exit status ${status}`)
    this.status = status
  }
}

export const jsonOption: CommandOption = { flags: '--json', summary: 'Print JSON, errors included' }
export const configOption: CommandOption = {
  flags: '--config FILE',
  summary: 'A file of settings, one NAME=value a line; the environment wins',
}
export const databaseOption: CommandOption = {
  flags: '--database DATABASE',
  summary: 'The SQLite file, or the URL of a server: postgres://… or mysql://…',
}
/** The options that all commands over the database share. */
export const databaseOptions: readonly CommandOption[] = [databaseOption, configOption, jsonOption]
export const yesOption: CommandOption = { flags: '--yes', summary: 'Do not ask', short: '-y' }

/** The subject of most commands over clients. */
export const keyArgument: CommandArgument = {
  name: 'KEY',
  summary: 'The key of the client',
  required: true,
  isOption: true,
}
/** The subject of most commands over users. */
export const nameArgument: CommandArgument = {
  name: 'NAME',
  summary: 'The user name',
  required: true,
  isOption: true,
}

/** The arguments after the options, without names, in order. */
export function argumentsOf({ argument, secondArgument }: Command): readonly CommandArgument[] {
  return [argument, secondArgument].filter((one) => one !== undefined)
}

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

/** The name of an option without its dashes and its value. */
export function nameOf({ flags }: CommandOption): string {
  return flags.replace(/^--| .*$/g, '')
}
