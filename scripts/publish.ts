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

// All are asked for before npm blocks this process, in which time the registry closes the connection.
const arePublished = await Promise.all(packages.map(({ manifest }) => isPublished(manifest.name)))
// Dependencies first: at no moment does the registry offer a package whose dependency it lacks.
for (const [index, { manifest, tarball }] of packages.entries()) {
  if (arePublished[index]) console.log(`${manifest.name} ${version} is published already.`)
  else if (npmPublish(resolve(folder, tarball)) !== 0) process.exit(1)
}

/** A run that failed half-way is repeated: what it published is left as it is. */
async function isPublished(name: string): Promise<boolean> {
  const registry = process.env['npm_config_registry'] ?? 'https://registry.npmjs.org/'
  const response = await fetch(new URL(name.replace('/', '%2f'), registry.replace(/\/*$/, '/')))
  if (response.status === 404) return false
  if (!response.ok)
    throw new Error(`The registry does not say whether ${name} is published: status ${response.status}.`)
  const { versions } = (await response.json()) as { versions: Readonly<Record<string, unknown>> }
  return version in versions
}

function npmPublish(file: string): number | null {
  // Where npm is a batch file, only a shell runs it.
  const shell = process.platform === 'win32'
  return spawnSync('npm', ['publish', file, ...options], { shell, stdio: ['ignore', 'inherit', 'inherit'] })
    .status
}
