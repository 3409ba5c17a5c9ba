// The programs that the set-up runs, and the Node that it finds.
import { spawn, spawnSync } from 'node:child_process'
import { constants } from 'node:os'
import { delimiter, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))
export const modules = join(root, 'node_modules')
const shell = process.platform === 'win32'

/** npm puts its program folders first in PATH, and an earlier install may have left a Node there. */
const ownPath = (process.env.PATH ?? '').split(delimiter).filter((folder) => !folder.startsWith(modules))
/** The environment with the machine's programs. */
export const ownEnv = { ...process.env, PATH: ownPath.join(delimiter) }
/** The environment with the project's programs first. */
export const projectEnv = { ...process.env, PATH: [join(modules, '.bin'), ...ownPath].join(delimiter) }

const running = new Set()

/** Runs a program to its end, and returns its exit code as a shell would. */
export async function run(program, args, options) {
  const child = spawn(program, args, { shell, ...options })
  running.add(child)
  const code = await new Promise((resolve) => {
    child.on('error', ({ message }) => {
      console.error(message)
      resolve(127)
    })
    child.on('exit', (code, signal) => resolve(code ?? exitCodeOf(signal)))
  })
  running.delete(child)
  return code
}

/** Passes a signal on to every program that runs. */
export function signalAll(signal) {
  for (const child of running) child.kill(signal)
}

export function exitCodeOf(signal) {
  return 128 + constants.signals[signal]
}

/** The version of Node in an environment, such as `v24.21.0`; empty if there is none. */
export function nodeVersion(env) {
  return spawnSync('node', ['--version'], { encoding: 'utf8', env, shell }).stdout?.trim() ?? ''
}

/** Whether a version of Node cannot run the sources directly. */
export function isTooOld(version) {
  const [major = 0, minor = 0] = version.slice(1).split('.').map(Number)
  return major < 22 || (major === 22 && minor < 18)
}
