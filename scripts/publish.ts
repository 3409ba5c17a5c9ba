// Publishes the tarballs that scripts/package.mjs made: `npm run release`, which packs first. Arguments after the
// folder go to `npm publish`: `npm run release -- --dry-run`.
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

// All are checked before npm blocks this process, because the registry would close the connection meanwhile.
const arePublished = await Promise.all(packages.map(({ manifest }) => isPublished(manifest.name)))
// Dependencies first, so that the registry never offers a package without its dependency.
for (const [index, { manifest, tarball }] of packages.entries()) {
  if (arePublished[index]) console.log(`${manifest.name} ${version} is published already.`)
  else if (npmPublish(resolve(folder, tarball)) !== 0) process.exit(1)
}

/** After a failed run, a repetition skips what was published already. */
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
  // If npm is a batch file, only a shell can run it.
  const shell = process.platform === 'win32'
  return spawnSync('npm', ['publish', file, ...options], { shell, stdio: ['ignore', 'inherit', 'inherit'] })
    .status
}
