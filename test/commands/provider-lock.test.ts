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

const folder = 'packages/provider/run'
const remedy = `write the dependencies of packages/provider/package.json into ${folder}/package.json, and run "npm install --package-lock-only" there`

function json<T>(path: string): T {
  return JSON.parse(readFileSync(join(root, path), 'utf8')) as T
}

it('npm start installs what the provider depends on, and nothing else', () => {
  const { countersign, ...dependencies } = json<Package>('packages/provider/package.json').dependencies ?? {}
  expect(json<Package>(`${folder}/package.json`).dependencies, remedy).toEqual(dependencies)
  const { '': top, ...packages } = json<Lock>(`${folder}/package-lock.json`).packages
  expect(top?.dependencies, remedy).toEqual(dependencies)
  expect(Object.keys(packages).length).toBeLessThanOrEqual(60)
})

it('npm start installs the versions that the tests run with', () => {
  const { '': _, ...packages } = json<Lock>(`${folder}/package-lock.json`).packages
  const tested = json<Lock>('package-lock.json').packages
  const versions = ({ version, integrity }: Package = {}) => `${version} ${integrity}`
  const theirs = Object.entries(packages).map(([name, entry]) => `${name} ${versions(entry)}`)
  expect(theirs, remedy).toEqual(Object.keys(packages).map((name) => `${name} ${versions(tested[name])}`))
})
