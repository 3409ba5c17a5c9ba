import { readFileSync } from 'node:fs'
import { Argument, InvalidArgumentError, Option, Command as Program } from 'commander'
import {
  argumentsOf,
  type Command,
  type CommandArgument,
  type CommandOption,
  type Invocation,
  nameOf,
  UsageError,
} from './command.ts'
import { groupHelp, leafHelp, rootHelp, usageOf } from './help-text.ts'
import { program } from './program.ts'

/** The commands as commander parses them: each word of a name is one level. */
export function commandTree(commands: readonly Command[]): Program {
  const root = quiet(new Program(program)).version(`countersign ${version()}`, '-V, --version')
  root.helpInformation = () => rootHelp(commands)
  for (const command of commands) {
    const [first = '', second] = command.name.split(' ')
    if (second === undefined) addCommand(root, first, command)
    else addCommand(groupOf(root, first, commands), second, command)
  }
  return root
}

function groupOf(root: Program, name: string, commands: readonly Command[]): Program {
  const known = root.commands.find((group) => group.name() === name)
  if (known !== undefined) return known
  const group = quiet(root.command(name))
  group.helpInformation = () => groupHelp(name, commands)
  return group
}

/**
 * Throws errors; the caller of the command line prints them. Options belong to the word before them, because "gateway"
 * and "gateway check" have options of the same name.
 */
function quiet(level: Program): Program {
  return level
    .enablePositionalOptions()
    .exitOverride()
    .helpCommand(false)
    .configureOutput({ outputError: () => {} })
}

function addCommand(level: Program, word: string, command: Command): void {
  const { summary, options } = command
  const leaf = quiet(level.command(word))
    .description(`${summary}.`)
    .usage(usageOf(command))
    .helpOption('-h, --help', 'Show this help')
  const flags = new Set(['-h', '--help', ...options.flatMap(spellingsOf)])
  for (const option of options) leaf.addOption(optionOf(option, flags))
  for (const argument of argumentsOf(command)) {
    leaf.addArgument(argumentOf(argument))
    if (argument.isOption) leaf.addOption(optionOf(asOption(argument), flags))
  }
  const help = leaf.helpInformation.bind(leaf)
  leaf.helpInformation = () => leafHelp(command, help())
  leaf.action(async () => {
    checkPlaces(command, leaf)
    const given = invocationOf(command, leaf)
    checkRequired(command, given)
    await command.run(given)
  })
}

/** How an argument is given as an option. */
function asOption({ name, summary }: CommandArgument): CommandOption {
  return { flags: `--${name.toLowerCase()} ${name}`, summary, hidden: true }
}

function optionOf(
  { flags, short, summary, repeatable, hidden, values }: CommandOption,
  known: ReadonlySet<string>,
): Option {
  const long = flags.replace(/ (\S+)$/, ' <$1>')
  const option = new Option(short ? `${short}, ${long}` : long, summary).hideHelp(hidden === true)
  if (!flags.includes(' ')) return option
  // Only for completion: the parser below reports mistakes in plainer words.
  if (values) option.argChoices = [...values]
  return option.argParser((value: string, before: unknown) => {
    // A token may begin with a dash, but an option of this command in its place means that the value is missing.
    if (known.has(value)) throw new InvalidArgumentError('A value is missing.')
    return repeatable ? [...((before as string[] | undefined) ?? []), value] : value
  })
}

function argumentOf({ name, summary, values }: CommandArgument): Argument {
  const argument = new Argument(`[${name.toLowerCase()}]`, summary)
  if (values) argument.argChoices = [...values]
  return argument
}

function invocationOf(command: Command, leaf: Program): Invocation {
  const values = leaf.opts<Record<string, Invocation[string]>>()
  const options = command.options.map((option) => [nameOf(option), givenValue(option, values)])
  const words = [...leaf.args]
  const all = argumentsOf(command)
  const given = all.map((argument) => {
    const name = argument.name.toLowerCase()
    const named = argument.isOption ? values[name] : undefined
    if (named !== undefined && leaf.args.length === all.length)
      throw new UsageError(`Use ${argument.name} or --${name}, not both.`)
    return [name, named ?? words.shift()]
  })
  return Object.fromEntries([...options, ...given])
}

/** An option before the last word of a command is one of another command: this one would go without it. */
function checkPlaces(command: Command, leaf: Program): void {
  for (let level = leaf.parent; level !== null; level = level.parent) {
    const isGiven = (option: string) => level?.getOptionValueSource(option) === 'cli'
    if (Object.keys(level.opts()).some(isGiven))
      throw new UsageError(`Write the options after "${command.name}".`, command)
  }
}

/** Commander has one value for `--admin` and `--no-admin`: true or false. Here each is true if it was given. */
function givenValue(
  { flags }: CommandOption,
  values: Readonly<Record<string, Invocation[string]>>,
): Invocation[string] {
  const value = values[new Option(flags).attributeName()]
  if (!flags.startsWith('--no-')) return value === false ? undefined : value
  return value === false ? true : undefined
}

function checkRequired(command: Command, given: Invocation): void {
  const { options } = command
  const missing = options.find((option) => option.required && !given[nameOf(option)])
  if (missing !== undefined) throw new UsageError(`--${nameOf(missing)} is missing.`)
  const argument = argumentsOf(command).find(({ name, required }) => required && !given[name.toLowerCase()])
  if (argument !== undefined) throw new UsageError(`${argument.name} is missing.`)
  for (const option of options) checkValue(`--${nameOf(option)}`, given[nameOf(option)], option.values)
  for (const { name, values } of argumentsOf(command)) checkValue(name, given[name.toLowerCase()], values)
}

function checkValue(name: string, value: Invocation[string], values: readonly string[] | undefined): void {
  if (values === undefined || typeof value !== 'string' || values.includes(value)) return
  const [last = '', ...others] = [...values].reverse()
  const choices = others.length === 0 ? last : `${others.reverse().join(', ')} or ${last}`
  throw new UsageError(`${name} cannot be ${JSON.stringify(value.slice(0, 100))}: use ${choices}.`)
}

function spellingsOf(option: CommandOption): string[] {
  return [`--${nameOf(option)}`, ...(option.short ? [option.short] : [])]
}

/** From the package, which is one folder up in the sources and when built. */
function version(): string {
  return JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version
}
