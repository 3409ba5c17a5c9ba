import { readFileSync } from 'node:fs'
import process from 'node:process'
import { InvalidArgumentError, Option, Command as Program } from 'commander'
import { type Command, type CommandOption, type Invocation, UsageError } from './command.ts'
import { program } from './program.ts'

/** The commands as commander parses them: each word of a name is one level. */
export function commandTree(commands: readonly Command[]): Program {
  const root = levelOf(new Program(program), commands).version(`countersign ${version()}`, '-V, --version')
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
  const own = commands.filter((command) => command.name.startsWith(`${name} `))
  return levelOf(root.command(name), own)
}

/** A level that has commands below it: its help lists all of them by their whole names. */
function levelOf(level: Program, commands: readonly Command[]): Program {
  const lines = commands.map(({ name, summary }) => `  ${name.padEnd(14)} ${summary}`)
  const text = `countersign: an OAuth 1.0 provider\n\n${program} …\n\n${lines.join('\n')}\n\nEvery command takes --help. The data is in --database, COUNTERSIGN_DATABASE or ./data/countersign.sqlite.\n`
  level.helpInformation = () => text
  return level
    .exitOverride()
    .helpCommand(false)
    .configureOutput({ outputError: () => {} })
}

function addCommand(level: Program, word: string, command: Command): void {
  const { summary, options, argument, notes } = command
  const leaf = level
    .command(word)
    .description(`${summary}.`)
    .usage(usageOf(command))
    .helpOption('-h, --help', 'Show this help')
  leaf.configureOutput({
    outputError(text) {
      const message = text.trim().replace(/^error: (.)/, (_, letter: string) => letter.toUpperCase())
      process.stderr.write(`${message}\nUsage: ${program} ${command.name} ${leaf.usage()}\n`)
    },
  })
  const flags = new Set(['-h', '--help', ...options.flatMap(spellingsOf)])
  for (const option of options) leaf.addOption(optionOf(option, flags))
  if (argument) leaf.argument(`[${argument.name.toLowerCase()}]`, argument.summary)
  if (notes !== undefined) {
    const help = leaf.helpInformation.bind(leaf)
    leaf.helpInformation = () => `${help()}\n${notes}\n`
  }
  leaf.action(async () => {
    const given = invocationOf(command, leaf)
    try {
      checkRequired(command, given)
      await command.run(given)
    } catch (error) {
      if (!(error instanceof UsageError)) throw error
      leaf.error(error.message)
    }
  })
}

function optionOf(
  { flags, short, summary, repeatable, hidden }: CommandOption,
  known: ReadonlySet<string>,
): Option {
  const long = flags.replace(/ (\S+)$/, ' <$1>')
  const option = new Option(short ? `${short}, ${long}` : long, summary).hideHelp(hidden === true)
  if (!flags.includes(' ')) return option
  return option.argParser((value: string, before: unknown) => {
    // A token may begin with a dash; an option of this command in its place means that the value was forgotten.
    if (known.has(value)) throw new InvalidArgumentError('A value is missing.')
    return repeatable ? [...((before as string[] | undefined) ?? []), value] : value
  })
}

function invocationOf({ options, argument }: Command, leaf: Program): Invocation {
  const values = leaf.opts<Record<string, Invocation[string]>>()
  const given = options.map((option) => [nameOf(option), values[new Option(option.flags).attributeName()]])
  return Object.fromEntries(argument ? [...given, [argument.name.toLowerCase(), leaf.args[0]]] : given)
}

function checkRequired({ options, argument }: Command, given: Invocation): void {
  const missing = options.find((option) => option.required && !given[nameOf(option)])
  if (missing !== undefined) throw new UsageError(`--${nameOf(missing)} is missing.`)
  if (argument?.required && !given[argument.name.toLowerCase()]) {
    throw new UsageError(`${argument.name} is missing.`)
  }
}

function nameOf({ flags }: CommandOption): string {
  return flags.replace(/^--| .*$/g, '')
}

function spellingsOf(option: CommandOption): string[] {
  return [`--${nameOf(option)}`, ...(option.short ? [option.short] : [])]
}

/** What follows the command's name: `--name NAME [--callback URL …] [--json]`. */
function usageOf({ options, argument }: Command): string {
  const words = options
    .filter(({ hidden }) => !hidden)
    .map(({ flags, required, repeatable }) => {
      if (required) return flags
      return `[${flags}${repeatable ? ' …' : ''}]`
    })
  if (argument) words.push(argument.required ? argument.name : `[${argument.name}]`)
  return words.join(' ')
}

/** From the package, which is one folder up in the sources and when built. */
function version(): string {
  return JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version
}
