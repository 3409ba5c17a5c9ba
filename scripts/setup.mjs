// Makes `npm start` and `npm test` work on a fresh clone: installs what that command needs, and nothing when it is there.
// Plain JavaScript for any Node that npm runs on: it runs before the project's own Node is installed.
import { spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import process from 'node:process'

const command = process.argv[2]
/** Written by npm at the end of an install; older than the lock file means that the lock has changed since. */
const stamp = 'node_modules/.package-lock.json'
/** What only a full install brings: `npm start` does without the development dependencies. */
const needed = command === 'start' ? 'node_modules/hono' : 'node_modules/vitest'

if (
  !existsSync(needed) ||
  !existsSync(stamp) ||
  statSync(stamp).mtimeMs < statSync('package-lock.json').mtimeMs
) {
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error']
  if (command === 'start' && !existsSync('node_modules/vitest')) args.push('--omit=dev')
  console.log(`Installing what npm ${command} needs: npm ${args.join(' ')}`)
  const { status } = spawnSync('npm', args, { stdio: 'inherit', shell: process.platform === 'win32' })
  if (status !== 0) {
    console.error(
      `npm ${args.join(' ')} failed. Check that this machine reaches an npm registry, then run it again.`,
    )
    process.exit(status ?? 1)
  }
}

const node = spawnSync('node', ['--version'], {
  encoding: 'utf8',
  env: {
    ...process.env,
    PATH: `node_modules/.bin${process.platform === 'win32' ? ';' : ':'}${process.env.PATH}`,
  },
}).stdout.trim()
const [major = 0, minor = 0] = node.slice(1).split('.').map(Number)
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `This repository runs its TypeScript directly, which needs Node 22.18 or newer; found ${node || 'no node'}.`,
  )
  process.exit(1)
}
