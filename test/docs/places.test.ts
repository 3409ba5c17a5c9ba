import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

// CONTRIBUTING says where a framework and a store stand. This test says what is missing of one.
const root = join(import.meta.dirname, '../..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const library = 'packages/countersign'
const manifest = JSON.parse(read(`${library}/package.json`))
const published = Object.entries<string | { 'countersign-source': string }>(manifest.exports).flatMap(
  ([subpath, entry]) =>
    typeof entry === 'string'
      ? []
      : [{ name: subpath.slice(2), file: entry['countersign-source'].replace('./src/', '') }],
)
const inFolder = (folder: string) => published.filter(({ file }) => file.startsWith(`${folder}/`))

/** Files that say `from 'countersign/name'`. */
function users(name: string, ...patterns: string[]): string[] {
  const files = globSync(patterns, { cwd: root, exclude: (path) => /node_modules|dist|generated/.test(path) })
  return files.filter((path) => read(path).includes(`'countersign/${name}'`))
}

describe.each(inFolder('adapters'))('the framework $name', ({ name }) => {
  it('is held to the suite of all frameworks', () => {
    const files = globSync(`${library}/test/adapters/${name}*.test.ts`, { cwd: root })
    expect(files.filter((path) => read(path).includes('\nbehavesLikeTheOthers('))).not.toEqual([])
  })

  it.each(['endpoint.test.ts', 'guards-composed.test.ts', 'mounted.test.ts', 'seen-servers.ts'])(
    'has its case in %s',
    (file) => {
      expect(users(name, `${library}/test/adapters/${file}`)).toHaveLength(1)
    },
  )

  it('has an example that a test drives, and a guide', () => {
    expect(users(name, `examples/${name}/**/*.ts`)).not.toEqual([])
    expect(read(`examples/${name}/${name}.test.ts`)).toContain('drive(')
    expect(read('examples/README.md')).toContain(`[${name}](${name})`)
    expect(users(name, `docs/${name}.md`)).toHaveLength(1)
  })

  it('can be chosen in npm create countersign', () => {
    const folder = 'packages/create-countersign/templates/frameworks'
    expect(users(name, `${folder}/${name}/src/**/*.ts`)).not.toEqual([])
  })

  // The Fetch adapter has no server of its own: it is measured through Hono.
  if (name === 'fetch') return
  it('is measured', () => {
    expect(existsSync(join(root, `bench/src/apps/${name}.ts`))).toBe(true)
  })
})

describe.each(inFolder('stores'))('the store $name', ({ name }) => {
  it('is held to a suite', () => {
    expect(
      users(name, `${library}/test/stores/*.test.ts`, `${library}/test/stores/backends/*.ts`),
    ).not.toEqual([])
  })

  it('is named in the documentation and in the README', () => {
    const pages = globSync('docs/*.md', { cwd: root })
    expect(pages.filter((page) => read(page).includes(`countersign/${name}`))).not.toEqual([])
    const [family = name] = name.split(/[/-]/)
    expect(read('README.md').toLowerCase()).toContain(family)
  })
})

it('CONTRIBUTING names no file that is not there', () => {
  const paths = [
    ...read('CONTRIBUTING.md').matchAll(/`((?:packages|test|examples|docs|bench|scripts)\/[\w./-]*)`/g),
  ]
  const named = paths.map(([, path = '']) => path)
  expect(named.length).toBeGreaterThan(10)
  // What a script builds is there only after it ran.
  const built = read('.gitignore').split('\n')
  const strays = named.filter((path) => !existsSync(join(root, path)) && !built.includes(`/${path}/`))
  expect(strays).toEqual([])
})
