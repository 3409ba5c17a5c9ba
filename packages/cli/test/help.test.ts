import { expect, it } from 'vitest'
import type { Invocation } from '../src/command.ts'
import { commandTree } from '../src/command-tree.ts'
import { commands } from '../src/commands.ts'
import { groups, topics } from '../src/groups.ts'
import { runHere } from './in-process.ts'

/** A line of a shell as the words of a command; what it is redirected from or to is left out. */
function wordsOf(line: string): string[] {
  const [command = ''] = line.split(/ (?:<|>>?) /)
  return Array.from(command.matchAll(/"([^"]*)"|(\S+)/g), ([, quoted, plain]) => quoted ?? plain ?? '')
}

const examples = commands.flatMap(({ name, examples = [] }) => examples.map((example) => [name, example]))

it('gives every command at least one example', () => {
  const without = commands.filter(({ examples = [] }) => examples.length === 0)
  expect(without.map(({ name }) => name)).toEqual([])
})

it.each(examples)('the example of %s is one that the table takes: %s', async (name, example) => {
  const ran: [string, Invocation][] = []
  const recorded = commands.map((command) => ({
    ...command,
    run: async (given: Invocation) => {
      ran.push([command.name, given])
    },
  }))
  await commandTree(recorded).parseAsync(wordsOf(example), { from: 'user' })
  expect(ran.map(([run]) => run)).toEqual([name])
})

it('names every command once, in the help of all and in no other', async () => {
  const names = commands.flatMap(({ name, aliases = [] }) => [name, ...aliases])
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
  const { code, stdout } = await runHere(['--help'])
  expect(code).toBe(0)
  const listed = topics.flatMap((topic) => topic.names)
  const tops = [...new Set(commands.map(({ name }) => name.split(' ')[0] ?? ''))]
  expect(tops.filter((top) => !listed.includes(top))).toEqual([])
  for (const top of tops) expect(stdout).toMatch(new RegExp(`^  ${top} `, 'm'))
  const groupNames = commands
    .filter(({ name }) => name.includes(' '))
    .map(({ name }) => name.split(' ')[0] ?? '')
  // A first word that is a command itself has the help of a command.
  const needed = groupNames.filter((name) => !names.includes(name))
  expect(needed.filter((name) => groups[name] === undefined)).toEqual([])
})

it('shows all on one screen of 80 columns and 32 lines', async () => {
  const lines = (await runHere([])).stdout.trimEnd().split('\n')
  expect(lines.length).toBeLessThanOrEqual(32)
  expect(lines.filter((line) => line.length > 100)).toEqual([])
})

it.each([[['client', '--help']], [['help', 'client']], [['client', 'help']]])(
  '%j explains what a client is, and lists the commands over it alone',
  async (args) => {
    const { code, stdout } = await runHere(args)
    expect(code).toBe(0)
    expect(stdout).toContain('A client is an application that asks users for access.')
    expect(stdout).toContain('client remove')
    expect(stdout).not.toContain('user add')
  },
)

it.each([[['client', 'add', '--help']], [['help', 'client', 'add']], [['client', 'register', '-h']]])(
  '%j has the options and examples of one command',
  async (args) => {
    const { code, stdout } = await runHere(args)
    expect(code).toBe(0)
    expect(stdout).toContain('--rsa-public-key <FILE>')
    expect(stdout).toContain('Examples:')
    expect(stdout).not.toContain('--secret <TEXT>')
  },
)

it.each([
  [['client'], 'Which command of client? There are client add,', 'help client'],
  [['client', 'lits'], 'There is no command "client lits". Did you mean "client list"?', 'client list'],
  [['clint', 'list'], 'Did you mean "client list"?', 'client list'],
  [['user', 'fly'], 'There is no command "user fly".', 'help user'],
  [['constructor'], 'There is no command "constructor".', 'help'],
])('%j is no command: it says so, and what to type next', async (args, message, next) => {
  const words = await runHere(args)
  expect(words).toMatchObject({ code: 2, stdout: '' })
  expect(words.stderr).toContain(message)
  const json = await runHere([...args, '--json'])
  expect(json).toMatchObject({ code: 2, stdout: '' })
  const { error } = JSON.parse(json.stderr)
  expect(error.message).toContain(message)
  expect(error.next).toMatch(new RegExp(`${next}$`))
})

it('shows the group alone for a wrong command of a group', async () => {
  const { stderr } = await runHere(['client', 'lits'])
  expect(stderr).toContain('client rotate')
  expect(stderr).not.toContain('user add')
})

it('names the option at fault, the usage and the help of the command', async () => {
  const { code, stderr } = await runHere(['client', 'add', 'Album', '--calback', 'https://a.example/'])
  expect(code).toBe(2)
  expect(stderr).toContain("Unknown option '--calback'")
  expect(stderr).toContain('Did you mean --callback?')
  expect(stderr).toMatch(/Usage: .*client add \[options\] NAME/)
  expect(stderr).toMatch(/Next: .*help client add\n$/)
})

it('has a version', async () => {
  expect(await runHere(['--version'])).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^countersign \d+\.\d+\.\d+\n$/),
  })
})
