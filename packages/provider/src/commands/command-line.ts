import { readFileSync } from 'node:fs'
import process from 'node:process'
import { parseArgs } from 'node:util'
import { ConfigurationError } from 'countersign'
import { InputError } from '../input-error.ts'
import { program } from '../program.ts'
import { clientCommands } from './client.ts'
import { type Command, type Invocation, UsageError } from './command.ts'
import { nearest } from './nearest.ts'
import { startCommand } from './start.ts'
import { tokenCommands } from './token.ts'
import { tryCommand } from './try.ts'
import { userCommands } from './user.ts'

const commands: Readonly<Record<string, Command>> = {
  start: startCommand,
  try: tryCommand,
  ...userCommands,
  ...clientCommands,
  ...tokenCommands,
}

/**
 * Runs one command line. Returns the exit code: 0 done, 1 refused or failed, 2 not understood.
 *
 * @param args - Without the program's own name.
 */
export async function runCommand(args: readonly string[]): Promise<number> {
  const [first = 'help', ...others] = args
  if (first === '--version' || first === '-V') {
    process.stdout.write(`countersign ${version()}\n`)
    return 0
  }
  const isHelp = ['help', '--help', '-h'].includes(first)
  if (isHelp && others.length === 0) {
    process.stdout.write(overview(commands))
    return 0
  }
  const words = isHelp ? others : args
  const wantsHelp = isHelp || words.includes('--help') || words.includes('-h')
  const name = nameOf(words)
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (command !== undefined) {
    if (!wantsHelp) {
      return guarded(name, command, () => command.run(parse(command, words.slice(name.split(' ').length))))
    }
    process.stdout.write(`${program} ${name} ${command.usage}\n\n${command.summary}.\n`)
    return 0
  }
  const group = groupOf(words[0] ?? '')
  if (wantsHelp && group !== undefined) {
    process.stdout.write(overview(group))
    return 0
  }
  process.stderr.write(unknown(name, group))
  return 2
}

/** The words before the first option, of which a command has at most two. */
function nameOf(words: readonly string[]): string {
  const [first = '', second] = words
  if (Object.hasOwn(commands, first) || second === undefined || second.startsWith('-')) return first
  return `${first} ${second}`
}

/** The commands that begin with a word, such as `client`. */
function groupOf(word: string): Readonly<Record<string, Command>> | undefined {
  const group = Object.entries(commands).filter(([name]) => name.startsWith(`${word} `))
  return group.length === 0 ? undefined : Object.fromEntries(group)
}

function unknown(name: string, group: Readonly<Record<string, Command>> | undefined): string {
  const meant = nearest(name, Object.keys(commands))
  const hint =
    group !== undefined && !name.includes(' ')
      ? `There are: ${Object.keys(group).join(', ')}.`
      : meant !== undefined
        ? `Did you mean "${meant}"?`
        : group !== undefined
          ? `There are: ${Object.keys(group).join(', ')}.`
          : ''
  return `There is no command "${name}". ${hint}\nAll commands: ${program} --help\n`.replace(' \n', '\n')
}

/** From the package, which is two folders up in the sources and when built. */
function version(): string {
  return JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version
}

/** @throws UsageError on an option that the command does not know. */
function parse(command: Command, args: readonly string[]): Invocation {
  try {
    const { options } = command
    const { values } = parseArgs({ args: joined(options, args), options, allowPositionals: false })
    return values as Invocation
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

/** `--token -x` as `--token=-x`: a token in 64 begins with a dash, and is no option. */
function joined(options: Command['options'], args: readonly string[]): string[] {
  const typeOf = (arg: string) => options[arg.replace(/^--|=.*$/gs, '')]?.type
  const whole: string[] = []
  for (const arg of args) {
    const before = whole.at(-1) ?? ''
    const isValue = /^--[^=]+$/.test(before) && typeOf(before) === 'string'
    if (isValue && arg.startsWith('-') && typeOf(arg) === undefined)
      whole[whole.length - 1] = `${before}=${arg}`
    else whole.push(arg)
  }
  return whole
}

async function guarded(name: string, command: Command, run: () => Promise<void>): Promise<number> {
  try {
    await run()
    return 0
  } catch (error) {
    if (error instanceof UsageError) {
      process.stderr.write(`${error.message}\nUsage: ${program} ${name} ${command.usage}\n`)
      return 2
    }
    if (error instanceof InputError || error instanceof ConfigurationError) {
      process.stderr.write(`${error.message}\n`)
      return 1
    }
    throw error
  }
}

function overview(listed: Readonly<Record<string, Command>>): string {
  const lines = Object.entries(listed).map(([name, { summary }]) => `  ${name.padEnd(14)} ${summary}`)
  return `countersign: an OAuth 1.0 provider\n\n${program} …\n\n${lines.join('\n')}\n\nEach takes --help. The data is in --database, COUNTERSIGN_DATABASE or ./data/countersign.sqlite.\n`
}
