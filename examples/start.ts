import { type ChildProcess, spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** How many milliseconds a start or a drive may take on a busy machine, for the tests' timeouts. */
export const patience = 120_000

/** A started application. */
export interface Running {
  readonly origin: string
  stop(): Promise<void>
}

/** How to start an application other than with its own start script under this Node. */
export interface StartOptions {
  /** Flags for Node. */
  readonly flags?: readonly string[]
  /** Further arguments, after the script's own. */
  readonly args?: readonly string[]
  /** Default: the `start` script of its package.json. */
  readonly script?: string
  /** Default: a free one. */
  readonly port?: number
  /** Further environment variables. */
  readonly env?: Readonly<Record<string, string>>
}

/** Starts the application in a folder as a child process on a free port, and waits until it responds. */
export async function start(
  folder: string,
  { flags = [], args = [], ...given }: StartOptions = {},
): Promise<Running> {
  const command = given.script ?? (await startScript(folder))
  const [, settings = '', file] = /^((?:\w+=\S+ )*)node (.+)$/.exec(command) ?? []
  if (file === undefined) throw new Error(`The start script must be NAME=value node file; it is ${command}`)
  const port = given.port ?? (await freePort())
  const env = {
    ...process.env,
    ...Object.fromEntries(
      settings
        .split(' ')
        .filter(Boolean)
        .map((setting) => setting.split('=')),
    ),
    ...given.env,
    PORT: String(port),
  }
  const child = spawn(process.execPath, [...flags, ...file.split(' '), ...args], { cwd: folder, env })
  let output = ''
  child.stdout.on('data', (chunk) => (output += chunk))
  child.stderr.on('data', (chunk) => (output += chunk))
  const origin = `http://127.0.0.1:${port}`
  try {
    await responds(child, origin)
  } catch (error) {
    await stop(child)
    throw new Error(`${folder} did not start: ${output}`, { cause: error })
  }
  return { origin, stop: () => stop(child) }
}

async function startScript(folder: string): Promise<string> {
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
  return manifest.scripts.start
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' ? (address?.port ?? 0) : 0))
    })
  })
}

async function responds(child: ChildProcess, origin: string): Promise<void> {
  const end = Date.now() + patience - 10_000
  for (; Date.now() < end; await sleep(50)) {
    if (child.exitCode !== null) throw new Error(`It ended with ${child.exitCode}.`)
    // A connection kept open would be closed by the server just when a later test sends something through it.
    const asked = fetch(origin, { headers: { connection: 'close' } })
    if (await asked.then(Boolean, () => false)) return
  }
  throw new Error('It did not respond.')
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill()
  await ended
}
