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
  const { summary, options } = command
  const leaf = level
    .command(word)
    .description(`${summary}.`)
    .usage(usageOf(options))
    .helpOption('-h, --help', 'Show this help')
  leaf.configureOutput({
    outputError(text) {
      const message = text.trim().replace(/^error: (.)/, (_, letter: string) => letter.toUpperCase())
      process.stderr.write(`${message}\nUsage: ${program} ${command.name} ${leaf.usage()}\n`)
    },
  })
  const flags = new Set(['-h', '--help', ...options.map((option) => `--${nameOf(option)}`)])
  for (const option of options) leaf.addOption(optionOf(option, flags))
  leaf.action(async () => {
    const given = invocationOf(options, leaf)
    try {
      checkRequired(options, given)
      await command.run(given)
    } catch (error) {
      if (!(error instanceof UsageError)) throw error
      leaf.error(error.message)
    }
  })
}

function optionOf({ flags, summary, repeatable, hidden }: CommandOption, known: ReadonlySet<string>): Option {
  const option = new Option(flags.replace(/ (\S+)$/, ' <$1>'), summary).hideHelp(hidden === true)
  if (!flags.includes(' ')) return option
  return option.argParser((value: string, before: unknown) => {
    // A token may begin with a dash; an option of this command in its place means that the value was forgotten.
    if (known.has(value)) throw new InvalidArgumentError('A value is missing.')
    return repeatable ? [...((before as string[] | undefined) ?? []), value] : value
  })
}

function invocationOf(options: readonly CommandOption[], leaf: Program): Invocation {
  const values = leaf.opts<Record<string, Invocation[string]>>()
  return Object.fromEntries(
    options.map((option) => [nameOf(option), values[new Option(option.flags).attributeName()]]),
  )
}

function checkRequired(options: readonly CommandOption[], given: Invocation): void {
  const missing = options.find((option) => option.required && !given[nameOf(option)])
  if (missing !== undefined) throw new UsageError(`--${nameOf(missing)} is missing.`)
}

function nameOf({ flags }: CommandOption): string {
  return flags.replace(/^--| .*$/g, '')
}

/** What follows the command's name: `--name NAME [--callback URL …] [--json]`. */
function usageOf(options: readonly CommandOption[]): string {
  return options
    .filter(({ hidden }) => !hidden)
    .map(({ flags, required, repeatable }) => {
      if (required) return flags
      return `[${flags}${repeatable ? ' …' : ''}]`
    })
    .join(' ')
}

/** From the package, which is one folder up in the sources and when built. */
function version(): string {
  return JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version
}
