import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { commands as table } from '../../packages/cli/src/commands.ts'
import { root } from './npm-start.ts'

const exclude = (path: string) => /(^|\/)(node_modules|dist|\.tools)$/.test(path)
const files = globSync(
  ['*.md', 'docs/**/*.md', 'examples/*.md', 'packages/*/README.md', 'packages/*/src/**/*.ts'],
  {
    cwd: root,
    exclude,
  },
)
const linesOf = (list: readonly string[]) =>
  list.flatMap((file) => readFileSync(join(root, file), 'utf8').split('\n'))
const lines = linesOf(files)

function json(file: string): { bin?: Record<string, string>; scripts?: Record<string, string> } {
  return JSON.parse(readFileSync(join(root, file), 'utf8'))
}

// npx looks for a package of that name first, and the library has no command.
it('only two packages have a command, and npx is told the name of one of them', () => {
  expect(json('packages/countersign/package.json').bin).toBeUndefined()
  expect(Object.keys(json('packages/cli/package.json').bin ?? {})).toEqual(['countersign'])
  expect(Object.keys(json('packages/create-countersign/package.json').bin ?? {})).toEqual([
    'create-countersign',
  ])
  expect(json('packages/provider/package.json').bin).toBeUndefined()
  const named = lines.flatMap((line) => [...line.matchAll(/npx (\S*countersign\S*?)(?=[\s`'"]|$)/g)])
  expect(new Set(named.map(([, name]) => name))).toEqual(new Set(['@countersign/cli', 'create-countersign']))
})

it('every command of the guides is one that the command line knows', () => {
  const known = table.flatMap(({ name, aliases = [] }) => [name, ...aliases])
  const commands = lines
    .map(
      (line) =>
        /(?:npx @countersign\/cli|npm run (?:--silent )?countersign --) ([a-z]+(?: [a-z]+)?)/.exec(line)?.[1],
    )
    .filter((command) => command !== undefined)
  expect(commands.length).toBeGreaterThan(5)
  // A command of one word may be followed by an argument.
  const unknown = commands.filter(
    (command) => !known.includes(command) && !known.includes(command.split(' ', 1)[0] ?? ''),
  )
  expect(unknown).toEqual([])
})

it('every script that the guides name is there', () => {
  const { scripts = {} } = json('package.json')
  // Those of a created project are in its own package.json: the tests of create-countersign compare them.
  const ours = files.filter((file) => !/create-countersign/.test(file))
  const own = linesOf(ours).filter((line) => !/ (-w|--workspace|--prefix) /.test(line))
  const named = own.flatMap((line) => [
    ...line.matchAll(/(?:^|`)npm (?:run ([a-z]+)|(start|test))(?=[\s`]|$)/g),
  ])
  const names = named.map(([, script, builtIn]) => script ?? builtIn ?? '')
  expect(names.length).toBeGreaterThan(5)
  expect(names.filter((name) => !(name in scripts))).toEqual([])
})
