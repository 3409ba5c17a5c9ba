import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { root } from './npm-start.ts'

interface Package {
  readonly version?: string
  readonly integrity?: string
  readonly dependencies?: Readonly<Record<string, string>>
}

interface Lock {
  readonly packages: Readonly<Record<string, Package>>
}

const folder = 'packages/cli/run'
const remedy = `write the dependencies of packages/provider, packages/conformance and packages/cli into ${folder}/package.json, and run "npm install --package-lock-only" there`

function json<T>(path: string): T {
  return JSON.parse(readFileSync(join(root, path), 'utf8')) as T
}

/** What the packages depend on outside this repository. */
function dependencies(): Record<string, string> {
  const all = ['provider', 'conformance', 'cli'].flatMap((name) =>
    Object.entries(json<Package>(`packages/${name}/package.json`).dependencies ?? {}),
  )
  return Object.fromEntries(all.filter(([name]) => !/^(@countersign\/|countersign$)/.test(name)))
}

it('npm start installs what the provider and its command line depend on, and nothing else', () => {
  expect(json<Package>(`${folder}/package.json`).dependencies, remedy).toEqual(dependencies())
  const { '': top, ...packages } = json<Lock>(`${folder}/package-lock.json`).packages
  expect(top?.dependencies, remedy).toEqual(dependencies())
  // One package of pictures has a binary of its own for each platform, of which npm installs one.
  const everywhere = Object.keys(packages).filter((name) => !name.includes('/@img/sharp-'))
  expect(everywhere.length).toBeLessThanOrEqual(90)
})

it('npm start installs the versions that the tests run with', () => {
  const { '': _, ...packages } = json<Lock>(`${folder}/package-lock.json`).packages
  const tested = json<Lock>('package-lock.json').packages
  // npm puts a package into the folder of one that needs it where another version stands in the root's.
  const named = (path: string, { version, integrity }: Package) =>
    `${path.slice(path.lastIndexOf('node_modules/'))} ${version} ${integrity}`
  const ours = new Set(Object.entries(tested).map(([path, entry]) => named(path, entry)))
  const strays = Object.entries(packages)
    .map(([path, entry]) => named(path, entry))
    .filter((name) => !ours.has(name))
  expect(strays, remedy).toEqual([])
})
