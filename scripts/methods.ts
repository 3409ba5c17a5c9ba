// Writes docs/methods.md from the sources and their doc comments:
// `node --conditions=countersign-source scripts/methods.ts`. A test fails if the page differs.
import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { type Declared, exportOf, exportsOf, membersOf } from './declarations.ts'

const source = join(resolve(import.meta.dirname, '..'), 'packages/countersign/src')

/** Each class with its file and its parent. */
const classes: readonly { name: string; entry: string; file: string; parent?: string; about: string }[] = [
  {
    name: 'AuthorizationServer',
    entry: 'countersign',
    file: 'server/authorization-server.ts',
    parent: 'HookedServer',
    about: 'Issues credentials. [Options](reference.md#options), [hooks](reference.md#hooks).',
  },
  {
    name: 'ResourceProtector',
    entry: 'countersign',
    file: 'server/resource-protector.ts',
    parent: 'HookedServer',
    about: 'Checks signed requests. [Options](reference.md#options), [hooks](reference.md#hooks).',
  },
  {
    name: 'BearerProtector',
    entry: 'countersign/bridge',
    file: 'bridge/bearer-protector.ts',
    parent: 'ResourceProtector',
    about:
      'A `ResourceProtector`, with all its methods, that also accepts [Bearer tokens](bridge.md#both-kinds-at-one-api).',
  },
  {
    name: 'TokenExchange',
    entry: 'countersign/bridge',
    file: 'bridge/token-exchange.ts',
    about: '[Exchanges](bridge.md) OAuth 1.0 tokens for OAuth 2 ones.',
  },
  {
    name: 'OAuth1Client',
    entry: 'countersign/client',
    file: 'client/client.ts',
    about: 'Signs and sends requests, and runs the flow ([guide](client.md)).',
  },
  {
    name: 'TestClient',
    entry: 'countersign/testing',
    file: 'testing/test-client.ts',
    about: 'Signs requests for [tests of your own](testing.md).',
  },
]

/** The entries whose functions the page lists. */
const entries: readonly [title: string, entry: string, file: string][] = [
  ['Core', 'countersign', 'index.ts'],
  ...['Express', 'Fastify', 'Hono', 'Koa', 'NestJS', 'Fetch', 'Node'].map(
    (title): [string, string, string] => {
      const name = title.toLowerCase()
      return [title, `countersign/${name}`, `adapters/${name}.ts`]
    },
  ),
  ['Bridge', 'countersign/bridge', 'bridge/index.ts'],
  ['Development', 'countersign/dev', 'dev/consent-page.ts'],
  ['Tests', 'countersign/testing', 'testing/index.ts'],
]

const guides: Readonly<Record<string, string>> = {
  Core: 'reference',
  Development: 'consent-page',
  Tests: 'testing',
}

const head = `# Methods and functions

Every method of the classes, and every function of the core, the framework adapters, the bridge and the entries for
development and tests. [Reference](reference.md) has the options that they take; each [store's guide](README.md#stores) has
its functions. \`?\` marks what may be left out. Whatever takes options throws a \`ConfigurationError\` for one that is unknown or
of the wrong type.

- Classes: ${links(classes.map(({ name }) => name))}
- Functions: ${links(entries.map(([title]) => title))}
`

function links(titles: readonly string[]): string {
  return titles.map((title) => `[${title}](#${title.toLowerCase()})`).join(', ')
}

/** The whole page. */
export function methodsPage(): string {
  return head + classes.map(classSection).join('') + entries.map(entrySection).join('')
}

function classSection({ name, entry, file, parent, about }: (typeof classes)[number]): string {
  const own = membersOf(join(source, file), name)
  const inherited =
    parent === 'HookedServer' ? membersOf(join(source, 'server/hooked-server.ts'), parent) : []
  return `\n## ${name}\n\nFrom \`${entry}\`. ${about}\n\n${table([...own, ...inherited])}`
}

function entrySection([title, entry, file]: (typeof entries)[number]): string {
  const exported = [...exportsOf(join(source, file))]
  const declared = exported.flatMap(([name, from]) => {
    const one = exportOf(from, name)
    if (one !== undefined) return [one]
    // A class with functions of its own; the others have sections, or are errors.
    return name === 'CountersignModule'
      ? membersOf(from, name).map((member) => ({ ...member, name: `${name}.${member.name}` }))
      : []
  })
  const guide = guides[title] ?? title.toLowerCase()
  return `\n## ${title}\n\nFunctions of \`${entry}\` ([guide](${guide}.md)).\n\n${table(declared)}`
}

function table(rows: readonly Declared[]): string {
  const lines = rows.map(({ name, parameters, returns, text, throws }) => {
    const call = parameters === undefined ? name : `${name}(${parameters})`
    return `| ${code(call)} | ${code(returns)} | ${cell(text)} | ${cell(marked(throws))} |\n`
  })
  return `| Name | Returns, or holds | What it does | Throws |\n| --- | --- | --- | --- |\n${lines.join('')}`
}

/** Errors by name are code. */
function marked(text: string): string {
  return text.replace(/(?<!`)\b\w*Error\b(?!`)/g, '`$&`')
}

function code(text: string): string {
  return text === '' ? '' : `\`${cell(text)}\``
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|')
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(resolve(join(import.meta.dirname, '..'), 'docs/methods.md'), methodsPage())
