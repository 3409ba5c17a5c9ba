import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { absoluteLinks } from '../../scripts/absolute-links.ts'
import { commonVersion, publishedPackages } from '../../scripts/published.ts'

const root = join(import.meta.dirname, '../..')
const home = 'https://github.com/countersign/countersign'
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const packages = publishedPackages()
const version = commonVersion(packages)

it('every folder of packages/ is published', () => {
  expect(packages.map(({ folder }) => folder).sort()).toEqual(readdirSync(join(root, 'packages')).sort())
})

it('a package comes after those that it needs', () => {
  const names = packages.map(({ manifest }) => manifest.name)
  const early = packages.flatMap(({ manifest }, index) =>
    Object.keys(manifest.dependencies ?? {}).filter((name) => names.indexOf(name) >= index),
  )
  expect(early).toEqual([])
})

describe.each(packages.map(({ folder, manifest }) => [manifest.name, folder] as const))(
  '%s',
  (name, folder) => {
    const manifest = JSON.parse(read(`packages/${folder}/package.json`))
    const readme = read(`packages/${folder}/README.md`)

    it('says on npm where it comes from, and is published with provenance', () => {
      expect(manifest).toMatchObject({
        homepage: `${home}/tree/main/packages/${folder}#readme`,
        bugs: `${home}/issues`,
        repository: { type: 'git', url: `git+${home}.git`, directory: `packages/${folder}` },
        license: 'MIT',
        publishConfig: { access: 'public', provenance: true },
      })
      expect(manifest.description).toMatch(/^\S.{20,150}\.$/)
      expect(manifest.keywords).toEqual(expect.arrayContaining(['oauth', 'oauth1', 'oauth1.0a', 'rfc5849']))
      expect(manifest.engines.node).toMatch(/^>=\d+\.\d+$/)
      expect(read(`packages/${folder}/LICENSE`)).toBe(read('LICENSE'))
    })

    it('pins the packages of this repository that it needs to their common version', () => {
      const names = packages.map((other) => other.manifest.name)
      const pinned = Object.entries(manifest.dependencies ?? {}).filter(([name]) => names.includes(name))
      expect(pinned.filter(([, pin]) => pin !== version)).toEqual([])
    })

    it('has a page for npm: what it is, how to install it, code that runs, where the documentation is, its licence', () => {
      const [title, text = ''] = readme.split('\n\n')
      expect(title).toBe(`# ${name}`)
      expect(text.length).toBeGreaterThan(80)
      expect(readme).toMatch(new RegExp(`^(?:npm install|npx) .*${name}\\b`, 'm'))
      expect(readme).toMatch(/^```ts\b|^npx /m)
      expect(readme).toContain('](../../docs/README.md)')
      expect(readme.trim().split('\n').at(-1)).toBe('MIT licence.')
    })

    it('has absolute links on that page, to files of this repository', () => {
      const page = absoluteLinks(readme, `packages/${folder}/README.md`, `v${version}`)
      expect(page).not.toMatch(/\]\(\.\.?\//)
      const prefix = `${home}/blob/v${version}/`
      const links = Array.from(page.matchAll(/\]\((https:[^)#]+)/g), ([, link = '']) => link)
      const own = links.filter((link) => link.startsWith(prefix)).map((link) => link.slice(prefix.length))
      expect(own).toContain('docs/README.md')
      expect(own.filter((path) => !existsSync(join(root, path)))).toEqual([])
    })
  },
)

describe('absoluteLinks', () => {
  const rewritten = (text: string) =>
    absoluteLinks(text, 'docs/recipes/a.md', 'v1.2.3', (path) => path.startsWith('docs/'))

  it.each([
    ['a file elsewhere', '[a](../../examples/a)', `[a](${home}/blob/v1.2.3/examples/a)`],
    ['a heading elsewhere', '[a](../../README.md#b)', `[a](${home}/blob/v1.2.3/README.md#b)`],
    ['a page that stays beside it', '[a](../b.md#c)', '[a](../b.md#c)'],
    ['a heading of its own', '[a](#b)', '[a](#b)'],
    ['an address', '[a](https://example.com/b)', '[a](https://example.com/b)'],
    ['code', '`list[a](../../b)`', '`list[a](../../b)`'],
    ['a block of code', '```ts\nlist[a](../../b)\n```\n', '```ts\nlist[a](../../b)\n```\n'],
    ['text between two pieces of code', '`a` [b](../../c) `d`', `\`a\` [b](${home}/blob/v1.2.3/c) \`d\``],
  ])('%s', (_, text, expected) => {
    expect(rewritten(text)).toBe(expected)
  })
})

it('every example pins the version of the packages', () => {
  const manifests = readdirSync(join(root, 'examples'))
    .map((folder) => `examples/${folder}/package.json`)
    .filter((path) => existsSync(join(root, path)))
  const pins = manifests.flatMap((path) =>
    Object.entries<string>(JSON.parse(read(path)).dependencies ?? {})
      .filter(([name]) => packages.some(({ manifest }) => manifest.name === name))
      .map(([, pin]) => [path, pin]),
  )
  expect(pins.length).toBeGreaterThan(10)
  expect(pins.filter(([, pin]) => pin !== version)).toEqual([])
})
