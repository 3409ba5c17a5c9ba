import process from 'node:process'
import tab from '@bomb.sh/tab/commander'
import { captured } from './captured.ts'
import { nameOf } from './command.ts'
import { commandTree } from './command-tree.ts'
import { commands } from './commands.ts'

/** To the shell: complete names of files. */
const completeFiles = ':0\n'

/**
 * Prints the completions of the last word, one per line with its meaning and, for the shell's function, a number that
 * says whether it is a file.
 */
export function completeLine(words: readonly string[]): void {
  if (isFile(words)) {
    process.stdout.write(completeFiles)
    return
  }
  // The library adds its own of this name.
  const tree = commandTree(commands.filter(({ name }) => name !== 'completion'))
  const completer = tab(tree, { completionCommandName: 'completion' })
  process.stdout.write(captured(() => completer.parse([...words])))
}

/** Whether the last word is the value of an option, or an argument, that names a file. */
function isFile(words: readonly string[]): boolean {
  const command = commands.findLast(({ name }) => `${words.join(' ')} `.startsWith(`${name} `))
  if (command === undefined) return false
  const last = words.at(-1) ?? ''
  const before = words.at(-2) ?? ''
  const flag = last.startsWith('-') && last.includes('=') ? last.slice(0, last.indexOf('=')) : before
  const option = command.options.find(
    (known) => flag === `--${nameOf(known)}` || (known.short !== undefined && flag === known.short),
  )
  if (option?.flags.includes(' ')) return option.flags.endsWith(' FILE')
  return !last.startsWith('-') && command.argument?.name === 'FILE'
}
