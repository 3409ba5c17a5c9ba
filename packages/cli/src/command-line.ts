import process from 'node:process'
import { CommanderError, type Command as Program } from 'commander'
import { type Command, ExitStatus, UsageError } from './command.ts'
import { commandTree } from './command-tree.ts'
import { commands } from './commands.ts'
import { type Failure, failureOf, report } from './failure.ts'
import { usageOf } from './help-text.ts'
import { nearest } from './nearest.ts'
import { program } from './program.ts'

/**
 * Runs one command line. Returns the exit code: 0 done, 1 refused or failed, 2 not understood; the help of a command
 * lists any others.
 *
 * @param args - Without the program's own name.
 */
export async function runCommand(args: readonly string[]): Promise<number> {
  if (args[0] === 'complete' && args[1] === '--') {
    const { completeLine } = await import('./completion.ts')
    completeLine(args.slice(2))
    return 0
  }
  const [first = 'help', ...others] = args
  const isHelp = ['help', '--help', '-h'].includes(first) || (others.length === 1 && others[0] === 'help')
  const words = canonical(!isHelp ? args : others[0] === 'help' ? [first] : others)
  const root = commandTree(commands)
  const level = levelOf(root, words)
  const isKnown = level !== root || words.length === 0
  if (isKnown && (isHelp || words.includes('--help') || words.includes('-h'))) {
    process.stdout.write(level.helpInformation())
    return 0
  }
  const asJson = args.includes('--json')
  // The longest name that matches: "gateway check" is not "gateway" with an argument.
  const command = commands.findLast(({ name }) => name === words.slice(0, name.split(' ').length).join(' '))
  const isWhole =
    command !== undefined && (command.argument !== undefined || (words[1] ?? '-').startsWith('-'))
  if (level.commands.length > 0 && !isWhole && first !== '--version' && first !== '-V')
    return report(unknown(words), asJson, level === root ? '' : `\n${level.helpInformation().trimEnd()}`)
  return guarded(() => root.parseAsync([...words], { from: 'user' }), command, asJson)
}

/** The words, with an alias of a command replaced by its name. */
function canonical(words: readonly string[]): readonly string[] {
  for (const { name, aliases = [] } of commands) {
    const alias = aliases.find((other) => `${words.join(' ')} `.startsWith(`${other} `))
    if (alias !== undefined) return [...name.split(' '), ...words.slice(alias.split(' ').length)]
  }
  return words
}

/** The command that the words name, or the last group on the way. */
function levelOf(root: Program, words: readonly string[]): Program {
  let level = root
  for (const word of words) {
    const next = level.commands.find((command) => command.name() === word)
    if (next === undefined) break
    level = next
  }
  return level
}

async function guarded(
  run: () => Promise<unknown>,
  command: Command | undefined,
  asJson: boolean,
): Promise<number> {
  try {
    await run()
    return 0
  } catch (error) {
    if (error instanceof ExitStatus) return error.status
    if (error instanceof CommanderError && error.exitCode === 0) return 0
    const failure = error instanceof CommanderError ? misread(error) : failureOf(error)
    if (failure === undefined) {
      if (!asJson) throw error
      return report({ code: 'failed', message: (error as Error).message, status: 1 }, asJson)
    }
    const meant = (error instanceof UsageError ? error.command : undefined) ?? command
    if (failure.code !== 'usage' || meant === undefined) return report(failure, asJson)
    const next = `help ${meant.name}`
    return report({ next, ...failure }, asJson, `Usage: ${program} ${meant.name} ${usageOf(meant)}`)
  }
}

/** Commander's message about a line that it cannot parse, in our form. */
function misread({ message }: CommanderError): Failure {
  const text = message.trim().replace(/^error: (.)/, (_, letter: string) => letter.toUpperCase())
  return { code: 'usage', message: text, status: 2 }
}

function unknown(words: readonly string[]): Failure {
  const [first = '', second] = words
  const names = commands.map(({ name }) => name)
  const group = names.filter((name) => name.startsWith(`${first} `))
  const isPair = second !== undefined && !second.startsWith('-')
  if (group.length > 0 && !isPair) {
    const message = `Which command of ${first}? There are ${group.join(', ')}.`
    return { code: 'usage', message, next: `help ${first}`, status: 2 }
  }
  const typed = isPair ? `${first} ${second}` : first
  // If the group is right, only the other word may be wrong.
  const verbs = group.map((name) => name.slice(first.length + 1))
  const verb = group.length > 0 && second !== undefined ? nearest(second, verbs) : undefined
  const meant = group.length > 0 ? verb && `${first} ${verb}` : nearestCommand(typed)
  const message = `There is no command "${typed}".${meant === undefined ? '' : ` Did you mean "${meant}"?`}`
  const next = meant ?? (group.length > 0 ? `help ${first}` : 'help')
  return { code: 'unknown_command', message, next, status: 2 }
}

/** The command most likely meant, by its name or an alias. */
function nearestCommand(typed: string): string | undefined {
  const spelling = nearest(
    typed,
    commands.flatMap(({ name, aliases = [] }) => [name, ...aliases]),
  )
  return commands.find(({ name, aliases = [] }) => name === spelling || aliases.includes(spelling ?? ''))
    ?.name
}
