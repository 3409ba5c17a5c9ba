import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { defaultLimits, optionsFromEnv } from 'countersign'
import { expect, it } from 'vitest'
import { defaults } from '../../packages/countersign/src/server/options.ts'
import { defaultPolicy } from '../../packages/countersign/src/server/policy.ts'

const root = join(import.meta.dirname, '../..')
const source = (path: string) => readFile(join(root, 'packages/countersign/src', path), 'utf8')
const page = await readFile(join(root, 'docs/reference.md'), 'utf8')

it('the tables of options hold every option of the source, once, with its default', async () => {
  const documented = rowsUnder('## Options').filter(([name]) => name !== 'hooks')
  const declared = membersOf(await source('server/options.ts'), ['CommonOptions', 'IssuingOptions'])
  expect(documented.map(([name]) => name)).toEqual(declared)
  const { now: _, ...plainDefaults } = defaults
  expect(literalsOf(documented)).toEqual(plainDefaults)
})

it('the table of the policy holds every field of the source, with its default', async () => {
  const documented = rowsUnder('### Policy')
  expect(documented.map(([name]) => name)).toEqual(membersOf(await source('server/policy.ts'), ['Policy']))
  expect(literalsOf(documented)).toEqual(defaultPolicy)
})

it('the table of limits matches the source', () => {
  const documented = rowsUnder('### Limits').map(([name, value]) => [name, Number(value)])
  expect(Object.fromEntries(documented)).toEqual(defaultLimits)
})

it('the table of environment names is what optionsFromEnv reads', async () => {
  const documented = rowsUnder('### From the environment').map(([name, option]) => [
    name,
    option.split('`')[0],
  ])
  const classic = [...(await source('server/options-from-env.ts')).matchAll(/read\('(\w+)'/g)]
  const others = [...(await source('server/option-texts.ts')).matchAll(/^ {2}(OAUTH1_\w+): /gm)]
  const names = [...classic, ...others].map((match) => match[1])
  expect(documented.map(([name]) => name)).toEqual(names)
  for (const [name, option] of documented) {
    const value = samples[option as string] ?? '1'
    expect(Object.keys(optionsFromEnv({ [name as string]: value }))).toEqual([option])
  }
})

/** Values of the options that cannot be `1`. */
const samples: Readonly<Record<string, string>> = {
  oauthTokenGenerator: 'module#export',
  oauthTokenSecretGenerator: 'module#export',
  origin: 'https://api.example.com',
  places: 'header',
  headerParameters: 'accept',
  callbackRule: 'prefix',
  callbackSchemes: 'https',
  bodyHash: 'required',
  tolerances: 'default-port',
  repeatedApproval: 'reuse',
  errorPage: 'https://example.com/errors',
}

it('the table of hooks holds every hook of the source', async () => {
  const declared = [...(await source('server/hooks.ts')).matchAll(/^ {2}(\w+)\??\(/gm)].map(
    (match) => match[1],
  )
  const documented = rowsUnder('## Hooks').map(([signature]) => signature.split('(')[0])
  expect(documented).toEqual(declared)
})

/** First and second cell of the tables below a heading, up to the next heading, without code marks. */
function rowsUnder(heading: string): [first: string, second: string][] {
  const section = page.split(`\n${heading}\n`)[1]?.split(/\n#+ /)[0] ?? ''
  return [...section.matchAll(/^\| (`[^|]+) \| ([^|]+) \|/gm)].map((row) => [
    (row[1] as string).replace(/`/g, ''),
    (row[2] as string).replace(/^`|`$/g, ''),
  ])
}

/** The defaults that are given as JSON, by name. */
function literalsOf(rows: readonly [name: string, value: string][]): Record<string, unknown> {
  const literal = rows.filter(([, value]) => /^[[{"\d]|^(true|false)$/.test(value))
  return Object.fromEntries(literal.map(([name, value]) => [name, JSON.parse(value)]))
}

function membersOf(text: string, interfaces: string[]): string[] {
  return interfaces.flatMap((name) => {
    const body = new RegExp(`interface ${name}\\b[^{]*\\{(.*?)\\n\\}`, 's').exec(text)?.[1] ?? ''
    const members = body.matchAll(/^ {2}(?:readonly (\w+)\??:|(\w+)\??\()/gm)
    return [...members].map(([, field, method]) => (field ?? method) as string)
  })
}
