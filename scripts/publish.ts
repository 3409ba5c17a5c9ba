// Publishes the tarballs that scripts/package.mjs made: `npm run release`, which packs first. What follows the folder goes to
// `npm publish`: `npm run release -- --dry-run`.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import process from 'node:process'
import { commonVersion, publishedPackages } from './published.ts'

const [folder, ...options] = process.argv.slice(2)
if (folder === undefined) throw new Error('Usage: node scripts/publish.ts FOLDER [option of npm publish]…')

const packages = publishedPackages()
const version = commonVersion(packages)
const { GITHUB_REF_TYPE, GITHUB_REF_NAME } = process.env
if (GITHUB_REF_TYPE === 'tag' && GITHUB_REF_NAME !== `v${version}`)
  throw new Error(`The tag is ${GITHUB_REF_NAME}, but the packages have the version ${version}.`)
const missing = packages.filter(({ tarball }) => !existsSync(join(folder, tarball)))
if (missing.length > 0)
  throw new Error(`${folder} lacks ${missing.map(({ tarball }) => tarball).join(', ')}.`)

// Dependencies first: at no moment does the registry offer a package whose dependency it lacks.
for (const { manifest, tarball } of packages) {
  if (isPublished(manifest.name)) console.log(`${manifest.name} ${version} is published already.`)
  else if (npm('publish', resolve(folder, tarball), ...options).status !== 0) process.exit(1)
}

/** A run that failed half-way is repeated: what it published is left as it is. */
function isPublished(name: string): boolean {
  const { status, stdout } = npm('view', `${name}@${version}`, 'version', '--json', '--prefer-online')
  // A package without this version has no output; one that does not exist is an error of its own.
  if (status === 0) return stdout.trim() !== ''
  if (JSON.parse(stdout).error?.code === 'E404') return false
  throw new Error(`The registry does not say whether ${name} ${version} is published:\n${stdout}`)
}

function npm(...args: readonly string[]) {
  return spawnSync('npm', args, {
    encoding: 'utf8',
    // Where npm is a batch file, only a shell runs it.
    shell: process.platform === 'win32',
    stdio: ['ignore', args[0] === 'view' ? 'pipe' : 'inherit', args[0] === 'view' ? 'ignore' : 'inherit'],
  })
}
