// Turns the pending changesets into the next version: `npm run release:prepare`. CONTRIBUTING.md describes the next
// steps.
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { commonVersion, publishedPackages } from './published.ts'

/** Files outside the workspace that pin the version, and the text before it. */
const pins = [
  ['examples/nextjs/package.json', '"countersign": "'],
  ['README.md', 'countersign-'],
  ['docs/quick-start.md', 'countersign-'],
] as const

const nothing = 'No changeset raises the version: write one with "npx changeset".'
const heading = /^## Unreleased$/m

/**
 * Raises the version of a copy of this repository, and returns it. Throws if no changeset raises it, or if CHANGELOG.md
 * has no section of unreleased changes.
 */
export function prepareRelease(root: string): string {
  const changelog = readFileSync(join(root, 'CHANGELOG.md'), 'utf8')
  if (!heading.test(changelog)) throw new Error('CHANGELOG.md has no section "## Unreleased".')
  if (!readdirSync(join(root, '.changeset')).some((file) => file.endsWith('.md'))) throw new Error(nothing)
  const before = commonVersion(publishedPackages(root))
  const cli = createRequire(import.meta.url).resolve('@changesets/cli/bin.js')
  execFileSync(process.execPath, [cli, 'version'], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] })
  const version = commonVersion(publishedPackages(root))
  if (version === before) throw new Error(nothing)
  replace(join(root, 'CHANGELOG.md'), '## Unreleased', `## ${version}`)
  for (const [file, head] of pins) replace(join(root, file), head + before, head + version)
  return version
}

function replace(file: string, old: string, text: string): void {
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll(old, text))
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  console.log(`The version is now ${prepareRelease(resolve(import.meta.dirname, '..'))}.`)
