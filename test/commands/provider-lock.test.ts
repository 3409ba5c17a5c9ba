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
  expect(Object.keys(packages).length).toBeLessThanOrEqual(60)
})

it('npm start installs the versions that the tests run with', () => {
  const { '': _, ...packages } = json<Lock>(`${folder}/package-lock.json`).packages
  const tested = json<Lock>('package-lock.json').packages
  const versions = ({ version, integrity }: Package = {}) => `${version} ${integrity}`
  const theirs = Object.entries(packages).map(([name, entry]) => `${name} ${versions(entry)}`)
  // npm puts a package into the workspace's own folder where another version stands in the root's.
  const ours = (name: string) =>
    tested[`packages/cli/${name}`] ?? tested[`packages/conformance/${name}`] ?? tested[name]
  expect(theirs, remedy).toEqual(Object.keys(packages).map((name) => `${name} ${versions(ours(name))}`))
})
