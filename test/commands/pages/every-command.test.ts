import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from '../npm-start.ts'
import { beginsWith, type CommandBlock, commandBlocks } from './command-blocks.ts'

/** Blocks that a program runs from beginning to end: the page, how the block begins, and what runs it. */
const elsewhere: readonly (readonly [page: string, beginning: string, runner: string])[] = [
  ['README.md', 'npm start', 'test/commands/fresh-copy.ts'],
  ['docs/index.md', 'npm start', 'test/commands/fresh-copy.ts'],
  ['README.md', '', 'test/packed/try.mjs'],
  ['packages/countersign/README.md', '', 'test/packed/try.mjs'],
  ['docs/worker.md', '', 'test/packed/try.mjs'],
  ...pagesWithServer().map((page) => [page, '', 'test/packed/try.mjs'] as const),
  ['docs/nextjs.md', '', 'examples/nextjs/check.mjs'],
  ['docs/jest.md', '', 'test/packed/jest.mjs'],
  ['docs/from-authlib.md', 'node migrate.ts', 'examples/authlib/authlib.test.ts'],
  ['docs/recipes/lti.md', 'node ', 'examples/lti/lti.test.ts'],
  ['docs/leaving-oauth1.md', 'countersign', 'packages/cli/test/leaving-oauth1.test.ts'],
  ['docs/leaving-oauth1.md', 'export', 'packages/cli/test/leaving-oauth1.test.ts'],
  ['packages/provider/README.md', 'npm start', 'test/commands/npm-start.test.ts'],
]

/** Blocks that nothing runs as they stand, and what is checked in place of that. */
const notRun: readonly (readonly [page: string, beginning: string, reason: string])[] = [
  [
    'CONTRIBUTING.md',
    'npm test -- packages',
    'They take hours together. .ci/run runs each of these scripts, some with smaller bounds; printed-commands.test.ts knows the scripts.',
  ],
  [
    'docs/operations.md',
    'apt-get update',
    'It changes the machine. .ci/run installs the same packages before it runs the tests that use them.',
  ],
  [
    'docs/operations.md',
    'npm run package',
    'It writes outside of its folder. scripts/package.mjs, in .ci/run, packs, installs and runs the command line in an empty folder.',
  ],
  [
    'docs/from-authlib.md',
    'npm init',
    'The packages are not in the registry yet. test/packed/try.mjs runs the same two lines of the guide to Kysely.',
  ],
  [
    'docs/recipes/lti.md',
    'npm init',
    'The packages are not in the registry yet. test/packed/try.mjs runs the same two lines of the guide to Express.',
  ],
  [
    'docs/leaving-oauth1.md',
    'npm init',
    'The packages are not in the registry yet. The workspace has them, and leaving-oauth1.test.ts runs what uses them.',
  ],
  [
    'packages/conformance/README.md',
    'npm install',
    'The packages are not in the registry yet. scripts/package.mjs installs them packed, and a snippet of test/docs runs what uses them.',
  ],
  [
    'packages/create-countersign/README.md',
    'npm create countersign',
    'The packages are not in the registry yet. test/packed/create.mjs, in .ci/run, runs the packed program with such flags.',
  ],
  [
    'docs/deploying.md',
    'docker compose',
    'There is no container engine here. files.test.ts reads the files, test/packed/deploying.mjs runs their commands.',
  ],
]

/** The pages that .ci/run gives to test/packed/try.mjs. */
function pagesWithServer(): readonly string[] {
  const pages = globSync('docs/*.md', { cwd: root }).map((page) => page.replaceAll('\\', '/'))
  const shown = /^```ts \[(src\/)?(server|main)\.ts\]/m
  return pages.filter((page) => shown.test(readFileSync(join(root, page), 'utf8')))
}

/** Blocks that tests run in a shell: what they pass to `commandsOf`. */
const called = globSync('test/commands/pages/*.test.ts', { cwd: root })
  .filter((file) => !file.endsWith('every-command.test.ts'))
  .flatMap((file) => {
    const text = readFileSync(join(root, file), 'utf8')
    const own = /^const page = '([^']+)'$/m.exec(text)?.[1] ?? ''
    const calls = text.matchAll(/commandsOf\(\s*(?:page|'([^']+)'),\s*(['"])(.*?)\2,?\s*\)/gs)
    return [...calls].map(
      ([, page = own, , beginning = '']) => [page, beginning.replaceAll('\\n', '\n')] as const,
    )
  })

const fits = (block: CommandBlock, [page, beginning]: readonly [string, string, ...unknown[]]) =>
  block.page === page && beginsWith(block, beginning)
const shownAs = ({ page, lines }: CommandBlock) => `${page}: ${lines[0]}`

it('something runs every block of commands of every page, or it is said here why nothing does', () => {
  expect(commandBlocks.length).toBeGreaterThan(90)
  const known = [...elsewhere, ...called, ...notRun]
  const strays = commandBlocks.filter((block) => !known.some((row) => fits(block, row)))
  expect(strays.map(shownAs), 'run them in test/commands/pages').toEqual([])
})

it('no block is said to be run by nothing although a test runs it', () => {
  const run = [...elsewhere, ...called]
  expect(
    notRun.filter((row) =>
      commandBlocks.some((block) => fits(block, row) && run.some((each) => fits(block, each))),
    ),
  ).toEqual([])
})

it('every block that is named here stands on its page', () => {
  const named = [...elsewhere, ...called, ...notRun]
  expect(called.length).toBeGreaterThan(25)
  expect(named.filter((row) => !commandBlocks.some((block) => fits(block, row)))).toEqual([])
})

describe('what runs them', () => {
  const ci = readFileSync(join(root, '.ci/run'), 'utf8')

  it.each([...new Set(elsewhere.map(([, , runner]) => runner))])(
    '%s is a test, or a part of .ci/run',
    (runner) => {
      expect(existsSync(join(root, runner))).toBe(true)
      expect(runner.endsWith('.test.ts') || ci.includes(`node ${runner} `)).toBe(true)
    },
  )

  it('the story of leaving OAuth 1.0 follows each command of its page', () => {
    const story = ['leaving-oauth1.test.ts', 'leaving-setting.ts', 'leaving-proxy.test.ts']
    const text = story.map((file) => readFileSync(join(root, 'packages/cli/test', file), 'utf8')).join('\n')
    const blocks = commandBlocks.filter(({ page }) => page === 'docs/leaving-oauth1.md')
    const lines = blocks.flatMap(({ lines }) => lines).filter((line) => line.startsWith('countersign '))
    // The provider and the OAuth 2 server are started by helpers.
    const commands = lines.map((line) => line.replace('countersign ', '')).filter((line) => line !== 'serve')
    expect(commands.length).toBeGreaterThan(4)
    expect(commands.filter((command) => !text.includes(`'${command}'`))).toEqual([])
  })

  it('.ci/run gives try.mjs the pages that show a server, and the READMEs', () => {
    expect(ci).toContain(
      "README.md packages/countersign/README.md docs/worker.md $(grep -lE '^```ts \\[(src/)?(server|main)\\.ts\\]' docs/*.md)",
    )
  })
})
