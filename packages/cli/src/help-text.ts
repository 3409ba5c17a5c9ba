import { argumentsOf, type Command } from './command.ts'
import { groups, topics } from './groups.ts'
import { program } from './program.ts'

/** The whole command line on one screen, by topic. */
export function rootHelp(commands: readonly Command[]): string {
  const sections = topics.map(({ title, names }) => {
    const lines = names.flatMap((name) => {
      const summary = summaryOf(name, commands)
      return summary === undefined ? [] : [`  ${name.padEnd(12)} ${wrapped(summary)}`]
    })
    return [title, ...lines].join('\n')
  })
  return `countersign: an OAuth 1.0 (RFC 5849) provider and its tools

Usage: ${program} COMMAND …

${sections.join('\n')}

Every command takes --help, and has examples there; "help client add" shows the same.
The database is --database, or DATABASE_URL, or the file ./data/countersign.sqlite.
Exit codes: 0 done, 1 refused or failed, 2 not understood, 130 interrupted.
`
}

/** Text wrapped in the column of summaries. */
function wrapped(text: string): string {
  const lines = Array.from(text.matchAll(/(.{1,84})(?: |$)/g), ([, line]) => line)
  return lines.join(`\n${' '.repeat(15)}`)
}

/** A topic's line: the summary of a command, or of a group with its words. */
function summaryOf(name: string, commands: readonly Command[]): string | undefined {
  const group = groups[name]
  if (group === undefined) return commands.find((command) => command.name === name)?.summary
  const words = wordsOf(name, commands)
  return words.length === 0 ? undefined : `${group.summary}: ${words.join(', ')}`
}

function wordsOf(group: string, commands: readonly Command[]): string[] {
  return membersOf(group, commands).map(({ name }) => name.slice(group.length + 1))
}

function membersOf(group: string, commands: readonly Command[]): Command[] {
  return commands.filter(({ name }) => name.startsWith(`${group} `))
}

/** The commands of one group, with its introduction. */
export function groupHelp(name: string, commands: readonly Command[]): string {
  const members = membersOf(name, commands)
  const width = Math.max(...members.map((command) => command.name.length))
  const lines = members.map((command) => `  ${command.name.padEnd(width)}  ${command.summary}`)
  const [example = ''] = members.flatMap(({ examples = [] }) => examples)
  const introduction = groups[name]?.introduction
  return `${introduction === undefined ? '' : `${introduction}\n\n`}Usage: ${program} ${name} COMMAND …

${lines.join('\n')}

Example:
  ${program} ${example}

${program} help ${members[0]?.name ?? name}: the options of one, with examples.
`
}

/** The help of one command: commander's, then notes and examples. */
export function leafHelp({ notes, examples = [] }: Command, help: string): string {
  const title = examples.length === 1 ? 'Example:' : 'Examples:'
  const lines = examples.map((example) => `  ${program} ${example}`)
  return [
    help,
    ...(notes === undefined ? [] : [`${notes}\n`]),
    ...(lines.length === 0 ? [] : [`${[title, ...lines].join('\n')}\n`]),
  ].join('\n')
}

/** What follows the command's name: `--client KEY [options] NAME`. */
export function usageOf(command: Command): string {
  const { options } = command
  const needed = options.filter(({ required }) => required).map(({ flags }) => flags)
  const isOpen = options.some(({ required, hidden }) => !required && !hidden)
  const words = [...needed, ...(isOpen ? ['[options]'] : [])]
  for (const { name, required } of argumentsOf(command)) words.push(required ? name : `[${name}]`)
  return words.join(' ')
}
