import process from 'node:process'
import { CommanderError, type Command as Program } from 'commander'
import { ConfigurationError } from 'countersign'
import { ExitStatus } from './command.ts'
import { commandTree } from './command-tree.ts'
import { commands } from './commands.ts'
import { nearest } from './nearest.ts'
import { program } from './program.ts'
import { InputError } from './provider.ts'

/**
 * Runs one command line. Returns the exit code: 0 done, 1 refused or failed, 2 not understood; some commands have more,
 * which their help lists.
 *
 * @param args - Without the program's own name.
 */
export async function runCommand(args: readonly string[]): Promise<number> {
  const [first = 'help', ...others] = args
  const isHelp = ['help', '--help', '-h'].includes(first)
  const words = isHelp ? others : args
  const root = commandTree(commands)
  const level = levelOf(root, words)
  const isKnown = level !== root || words.length === 0
  if (isKnown && (isHelp || words.includes('--help') || words.includes('-h'))) {
    process.stdout.write(level.helpInformation())
    return 0
  }
  if (level.commands.length > 0 && first !== '--version' && first !== '-V') {
    process.stderr.write(unknown(words))
    return 2
  }
  return guarded(() => root.parseAsync(words, { from: 'user' }))
}

/** The command that the words name, or as far as they lead. */
function levelOf(root: Program, words: readonly string[]): Program {
  let level = root
  for (const word of words) {
    const next = level.commands.find((command) => command.name() === word)
    if (next === undefined) break
    level = next
  }
  return level
}

async function guarded(run: () => Promise<unknown>): Promise<number> {
  try {
    await run()
    return 0
  } catch (error) {
    // Its message is printed already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    if (error instanceof ExitStatus) return error.status
    if (!(error instanceof InputError || error instanceof ConfigurationError)) throw error
    process.stderr.write(`${error.message}\n`)
    return 1
  }
}

function unknown(words: readonly string[]): string {
  const [first = '', second] = words
  const names = commands.map(({ name }) => name)
  const group = names.filter((name) => name.startsWith(`${first} `)).join(', ')
  const isPair = second !== undefined && !second.startsWith('-')
  const typed = isPair ? `${first} ${second}` : first
  const meant = group !== '' && !isPair ? undefined : nearest(typed, names)
  const hint =
    meant !== undefined ? ` Did you mean "${meant}"?` : group !== '' ? ` Its commands: ${group}.` : ''
  return `There is no command "${typed}".${hint}\nAll commands: ${program} --help\n`
}
