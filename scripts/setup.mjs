// `node scripts/setup.mjs start node main.ts`: installs what `npm start` needs where it is not there yet, then runs the rest of
// its arguments with the project's own Node. One process for both, because a shell remembers where it found `node` before
// the install. Plain JavaScript for any Node that npm runs on.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { delimiter, resolve } from 'node:path'
import process from 'node:process'

const [script, command, ...args] = process.argv.slice(2)
const windows = process.platform === 'win32'
const env = { ...process.env, PATH: `${resolve('node_modules/.bin')}${delimiter}${process.env.PATH}` }

/** Written by npm at the end of an install; older than the lock file means that the lock has changed since. */
const stamp = 'node_modules/.package-lock.json'
/** The provider does without the development dependencies. */
const isProvider = script === 'start'
const needed = isProvider ? 'node_modules/hono' : 'node_modules/vitest'

if (
  !existsSync(needed) ||
  !existsSync(stamp) ||
  statSync(stamp).mtimeMs < statSync('package-lock.json').mtimeMs
) {
  console.log(`Installing what npm ${script} needs; this happens once.`)
  const install = ['ci', '--no-audit', '--no-fund', '--loglevel=error']
  if (isProvider && !existsSync('node_modules/vitest')) install.push('--omit=dev')
  const { status } = spawnSync('npm', install, { stdio: 'inherit', shell: windows })
  if (status !== 0) {
    console.error(
      `npm ${install.join(' ')} failed. Check that this machine reaches an npm registry, then run it again.`,
    )
    process.exit(status ?? 1)
  }
}

const version = spawnSync('node', ['--version'], { encoding: 'utf8', env, shell: windows }).stdout.trim()
const [major = 0, minor = 0] = version.slice(1).split('.').map(Number)
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `The sources run as they are on Node 22.18 or newer; found ${version || 'no node'}. Install a newer one from nodejs.org.`,
  )
  process.exit(1)
}

const child = spawn(command, args, { stdio: 'inherit', env, shell: windows })
// Ctrl-C reaches the child by itself; this process waits for it to end.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => child.kill('SIGTERM'))
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)))
