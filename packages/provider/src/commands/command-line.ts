import process from 'node:process'
import { parseArgs } from 'node:util'
import { ConfigurationError } from 'countersign'
import { InputError } from '../input-error.ts'
import { program } from '../program.ts'
import { clientCommands } from './client.ts'
import { type Command, type Invocation, UsageError } from './command.ts'
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
 * Runs one command line. Answers the exit code: 0 done, 1 refused or failed, 2 not understood.
 *
 * @param args - Without the program's own name.
 */
export async function runCommand(args: readonly string[]): Promise<number> {
  if (args.length === 0 || args[0] === 'help' || args[0] === '--help' || args[0] === '-h') {
    process.stdout.write(overview())
    return 0
  }
  const [first = ''] = args
  const name = Object.hasOwn(commands, first) ? first : args.slice(0, 2).join(' ')
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (command === undefined) {
    process.stderr.write(`There is no command "${name}".\n\n${overview()}`)
    return 2
  }
  const rest = args.slice(name.split(' ').length)
  if (rest.includes('--help') || rest.includes('-h')) {
    process.stdout.write(`${program} ${name} ${command.usage}\n\n${command.summary}.\n`)
    return 0
  }
  return guarded(name, command, () => command.run(parse(command, rest)))
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

function overview(): string {
  const lines = Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(14)} ${summary}`)
  return `countersign: an OAuth 1.0 provider\n\n${program} …\n\n${lines.join('\n')}\n\nEach takes --help. The data is in --database, COUNTERSIGN_DATABASE or ./data/countersign.sqlite.\n`
}
